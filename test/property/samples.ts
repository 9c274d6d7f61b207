import { deflateSync } from "node:zlib";
import { writeContentInfo } from "../../src/core/asn1/content-info.ts";
import {
  derExplicit,
  derOctetString,
  derOid,
  derSequence,
  derSmallInteger,
} from "../../src/core/asn1/der.ts";
import { ciphers, contentTypes, publicKeys } from "../../src/core/asn1/oids.ts";
import { tags } from "../../src/core/asn1/tlv.ts";
import { encodeBase64Lines } from "../../src/core/mime/base64.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { opensslEncrypt, opensslSign } from "../support/engine.ts";
import {
  alice,
  bob,
  carlos,
  dana,
  edRoot,
  rsaRoot,
  signerOf,
  type Identity,
} from "../support/identities.ts";
import { octets, plainMessage, text } from "../support/messages.ts";
import { createAuthority, openssl, withFiles } from "../support/pki.ts";
import { answerOcsp, encodedCrl, extension } from "../support/revocation.ts";
import { readFileSync } from "node:fs";

/** Valid structures of each kind, to be changed. */

export const signingTime = new Date("2026-06-01T11:58:03Z");
const capable = { algorithms: [ciphers.aes256Gcm, publicKeys.rsaesOaep] };

export const to = (capabilities: typeof capable | null, ...people: Identity[]) =>
  people.map(({ encryption }) => ({ certificate: encryption, capabilities }));

export const plain = plainMessage();
export const signedByAlice = await signMessage(plain, signerOf(alice), { signingTime });
export const signedByCarlos = await signMessage(
  plainMessage({ from: carlos.address }),
  signerOf(carlos),
  { signingTime },
);
/** RSA and X25519. */
export const encryptedCbc = await encryptMessage(plain, to(null, bob, dana));
export const encryptedGcm = await encryptMessage(plain, to(capable, bob, dana));
export const signedAndEncryptedCbc = await encryptMessage(signedByAlice, to(null, dana));
export const signedAndEncryptedGcm = await encryptMessage(signedByAlice, to(capable, dana));

export const authority = createAuthority({ name: "Samples", keyType: "p256" });
const p256 = authority.issue({ name: "P-256", address: "alice@smime.example", keyType: "p256" });
const entity = 'Content-Type: text/plain; charset="utf-8"\r\n\r\nGr=C3=BC=C3=9Fe\r\n';
/** Streamed: indefinite lengths. */
export const opaque = opensslSign(p256, entity, ["-nodetach", "-stream"]);
const streamed = opensslEncrypt([p256], entity, ["-aes256", "-stream"]);

const pkcs7Mime = (type: string, cms: Uint8Array): Uint8Array =>
  octets(
    `From: alice@smime.example\r\nContent-Type: application/pkcs7-mime; smime-type=${type}\r\n` +
      `Content-Transfer-Encoding: base64\r\n\r\n${text(encodeBase64Lines(cms))}`,
  );

const deflated = writeContentInfo(contentTypes.compressedData, tags.sequence, [
  derSmallInteger(0),
  derSequence(derOid("1.2.840.113549.1.9.16.3.8")),
  derSequence(
    derOid(contentTypes.data),
    derExplicit(0, derOctetString(new Uint8Array(deflateSync(plain)))),
  ),
]);
const compressed = pkcs7Mime("compressed-data", deflated);

export const messages: readonly Uint8Array[] = [
  ...[plain, signedByAlice, signedByCarlos, encryptedCbc, encryptedGcm],
  ...[signedAndEncryptedCbc, signedAndEncryptedGcm, opaque, streamed, compressed],
];

/** The decoded last part in base64, which the CMS object is in all of these. */
export function cmsOf(message: Uint8Array): Uint8Array {
  const { start, end } = cmsLines(message);
  return new Uint8Array(Buffer.from(text(message).slice(start, end), "base64"));
}

/** The same message around another CMS object. */
export function withCms(message: Uint8Array, cms: Uint8Array): Uint8Array {
  const { start, end } = cmsLines(message);
  const whole = text(message);
  return octets(whole.slice(0, start) + text(encodeBase64Lines(cms)) + whole.slice(end));
}

function cmsLines(message: Uint8Array): { start: number; end: number } {
  const whole = text(message);
  const header = whole.lastIndexOf("Content-Transfer-Encoding: base64");
  const empty = /\r?\n\r?\n/g;
  empty.lastIndex = header;
  if (header === -1 || empty.exec(whole) === null) throw new Error("no base64");
  const start = empty.lastIndex;
  const boundary = whole.slice(start).search(/^\r?\n?--/m);
  return { start, end: boundary === -1 ? whole.length : start + boundary };
}

export const signedData = [signedByAlice, signedByCarlos].map(cmsOf);
export const envelopedData = [encryptedCbc].map(cmsOf);
export const authEnvelopedData = [encryptedGcm].map(cmsOf);
export const compressedData = [deflated];
export const cms = [...signedData, ...envelopedData, ...authEnvelopedData, ...compressedData];

export const certificates: readonly Uint8Array[] = [
  ...[alice, bob, carlos, dana].flatMap(({ signing, encryption, chain }) => [
    signing.der,
    encryption.der,
    ...chain.map(({ der }) => der),
  ]),
  ...[rsaRoot.der, edRoot.der, p256.certificate],
  authority.issue({
    name: "Everything",
    keyType: "p256",
    extensions: [
      "subjectAltName=email:a@smime.example,DNS:smime.example,URI:http://smime.example/,dirName:sub",
      "certificatePolicies=1.2.3.4",
      "crlDistributionPoints=URI:http://smime.example/crl",
      "authorityInfoAccess=OCSP;URI:http://smime.example/ocsp",
      "[sub]\nCN=Somebody",
    ],
  }).certificate,
  createAuthority({
    name: "Constrained",
    keyType: "p256",
    nameConstraints: "permitted;email:smime.example,excluded;DNS:other.example",
    extensions: ["policyConstraints=requireExplicitPolicy:1", "inhibitAnyPolicy=2"],
  }).certificate,
];

export const PASSWORD = "sample";
export const keyFiles: readonly Uint8Array[] = [
  p256.p12({ password: PASSWORD, args: ["-iter", "10"] }),
  p256.p12({ password: PASSWORD, args: ["-legacy", "-iter", "10"] }),
  p256.p12({
    password: PASSWORD,
    args: ["-keypbe", "NONE", "-certpbe", "NONE", "-nomac"],
  }),
];
export const privateKeys: readonly Uint8Array[] = [
  alice.signingKey,
  carlos.signingKey,
  p256.privateKey,
];

export const crls: readonly Uint8Array[] = [
  await encodedCrl(authority),
  await encodedCrl(authority, {
    revoked: [
      { certificate: p256, reason: "keyCompromise" },
      { certificate: authority, extensions: [extension("1.2.3", derSmallInteger(1), true)] },
    ],
    // Issued for users' certificates only, and by difference to another list.
    extensions: [
      extension("2.5.29.28", derSequence(new Uint8Array([0x81, 1, 0xff])), true),
      extension("2.5.29.27", derSmallInteger(4), true),
    ],
  }),
];

const ocspRequest = withFiles(
  { ca: authority.certificatePem, leaf: p256.certificatePem },
  (path) => {
    const about = ["-issuer", path("ca"), "-cert", path("leaf")];
    openssl(["ocsp", ...about, "-reqout", path("request")]);
    return new Uint8Array(readFileSync(path("request")));
  },
);
export const ocspResponses: readonly Uint8Array[] = [
  answerOcsp(ocspRequest, { authority, known: [p256] }),
  answerOcsp(ocspRequest, { authority, revoked: [p256] }),
];
