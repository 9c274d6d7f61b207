import { readFileSync } from "node:fs";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import type { OpenContext } from "../../src/core/smime/open.ts";
import type { Signer } from "../../src/core/smime/sign.ts";
import type { Certificate } from "../../src/core/trust/certificate.ts";

/** The example identities of RFC 9216 as values of the engine. */
export interface Identity {
  readonly address: string;
  readonly signing: Certificate;
  readonly signingKey: Uint8Array;
  readonly encryption: Certificate;
  readonly decryptionKey: Uint8Array;
  readonly chain: readonly Certificate[];
}

/** A time at which all of RFC 9216's certificates are valid. */
export const now = new Date("2026-06-01T12:00:00Z");

const folder = new URL("../vectors/rfc9216/", import.meta.url);

/** @param file e.g. "4.1_Alice-s-Signature-Verification-End-Entity-Certific.certificate.pem" */
export function pem(file: string): Uint8Array {
  const text = readFileSync(new URL(file, folder), "utf8");
  return new Uint8Array(Buffer.from(text.replace(/-----[^-]+-----/g, ""), "base64"));
}

async function identity(
  chapter: number,
  name: string,
  address: string,
  authority: string,
): Promise<Identity> {
  const certificate = (file: string) => parseCertificate(pem(`${file}.certificate.pem`));
  const title = (text: string) => `${name}-s-${text}`.slice(0, 50);
  return {
    address,
    signing: await certificate(
      `${chapter}.1_${title("Signature-Verification-End-Entity-Certificate")}`,
    ),
    signingKey: pem(`${chapter}.2_${name}-s-Signing-Private-Key-Material.private-key.pem`),
    encryption: await certificate(`${chapter}.3_${title("Encryption-End-Entity-Certificate")}`),
    decryptionKey: pem(`${chapter}.4_${name}-s-Decryption-Private-Key-Material.private-key.pem`),
    chain: [await certificate(authority)],
  };
}

const rsaCross = "3.3_RSA-Certification-Authority-Cross-Signed-Certifica";
const edCross = "6.3_Ed25519-Certification-Authority-Cross-Signed-Certi";

export const alice = await identity(4, "Alice", "alice@smime.example", rsaCross);
export const bob = await identity(5, "Bob", "bob@smime.example", rsaCross);
export const carlos = await identity(7, "Carlos", "carlos@smime.example", edCross);
export const dana = await identity(8, "Dana", "dana@smime.example", edCross);

export const rsaRoot = await parseCertificate(
  pem("3.1_RSA-Certification-Authority-Root-Certificate.certificate.pem"),
);
export const edRoot = await parseCertificate(
  pem("6.1_Ed25519-Certification-Authority-Root-Certificate.certificate.pem"),
);

export function signerOf(identity: Identity): Signer {
  return {
    certificate: identity.signing,
    privateKey: identity.signingKey,
    chain: identity.chain,
    encryptionCertificate: identity.encryption,
  };
}

/** What the given people's Thunderbird would know: their own keys, and both authorities as anchors. */
export function contextOf(...owners: readonly Identity[]): OpenContext {
  return {
    ownCertificates: owners.flatMap(({ signing, encryption }) => [encryption, signing]),
    privateKey: (fingerprint) => {
      const owner = owners.find(({ encryption }) => encryption.fingerprint === fingerprint);
      return owner === undefined
        ? Promise.reject(new Error("no such key"))
        : Promise.resolve(owner.decryptionKey);
    },
    intermediates: [],
    anchors: [
      { certificate: rsaRoot, source: "user" },
      { certificate: edRoot, source: "user" },
    ],
    now,
  };
}
