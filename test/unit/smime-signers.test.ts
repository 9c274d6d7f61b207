import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { readContentInfo } from "../../src/core/asn1/content-info.ts";
import {
  der,
  derExplicit,
  derOctetString,
  derOid,
  derSequence,
  derSmallInteger,
} from "../../src/core/asn1/der.ts";
import { contentTypes, digests, publicKeys } from "../../src/core/asn1/oids.ts";
import { publicKey } from "../../src/core/asn1/public-key.ts";
import { algorithmIn } from "../../src/core/asn1/values.ts";
import { readSignedData } from "../../src/core/asn1/signed-data.ts";
import {
  contentOf,
  contextTag,
  encodingOf,
  explicitPart,
  partsOf,
  readTlv,
  tags,
} from "../../src/core/asn1/tlv.ts";
import { identifies } from "../../src/core/smime/certificate-identifiers.ts";
import { openMessage, type OpenContext } from "../../src/core/smime/open.ts";
import { ecdsaSignatureValue, verifySignature } from "../../src/core/smime/verify-signature.ts";
import { ecdsaScheme, signatureScheme } from "../../src/core/smime/signature-algorithms.ts";
import type { OpenedMessage } from "../../src/core/smime/verdict.ts";
import type { PublicKey } from "../../src/core/trust/certificate.ts";
import { alice, bob, carlos, contextOf } from "../support/identities.ts";
import { edited, octets, text } from "../support/messages.ts";
import {
  contentTypeAttribute,
  craftMessage,
  craftSignedData,
  detachedMessage,
  digestAttribute,
  opaqueMessage,
  plainAlgorithm,
  type CraftedSignedData,
  type CraftedSigner,
} from "../support/signed-data.ts";

/** Signer infos beyond their attributes: who, with what, and how many. */

const content = octets("Content-Type: text/plain\r\n\r\nShall we meet at noon?\r\n");
const byAlice: CraftedSigner = { certificate: alice.signing, key: alice.signingKey };
const byBob: CraftedSigner = { certificate: bob.signing, key: bob.signingKey };
const otherDigest = await digestAttribute(octets("else"), "MD5");
const chain = [...alice.chain, ...carlos.chain].map(({ der }) => der);

async function open(
  signers: readonly CraftedSigner[],
  { certificates, ...rest }: Partial<CraftedSignedData> = {},
  context: OpenContext = contextOf(bob),
): Promise<OpenedMessage> {
  const own = signers.map(({ certificate }) => certificate.der);
  const message = await craftMessage({
    content,
    signers,
    certificates: certificates ?? [...own, ...chain],
    ...rest,
  });
  return openMessage(message, context);
}

function verdictOf({ signature, protection }: OpenedMessage): string {
  assert.equal(protection, signature.verdict === "valid" ? "signed" : "none");
  return `${signature.verdict} ${signature.reason ?? ""}`.trim();
}

describe("the algorithms of a signer info", () => {
  const rsa = (oid: string) => plainAlgorithm(oid);
  const cases: [string, Partial<CraftedSigner>, string][] = [
    ["sha256WithRSAEncryption", { signatureAlgorithm: rsa(publicKeys.sha256WithRsa) }, "valid"],
    [
      "without parameters",
      {
        digestAlgorithm: derSequence(derOid(digests.sha256)),
        signatureAlgorithm: derSequence(derOid(publicKeys.rsaEncryption)),
      },
      "valid",
    ],
    [
      "a digest of the content that is not the signature's",
      {
        digest: "SHA-1",
        signatureDigest: "SHA-256",
        signatureAlgorithm: rsa(publicKeys.sha256WithRsa),
      },
      "invalid algorithms-disagree",
    ],
    [
      "a digest of the signature that is not the content's",
      {
        digest: "SHA-256",
        signatureDigest: "SHA-1",
        signatureAlgorithm: rsa(publicKeys.sha1WithRsa),
      },
      "invalid algorithms-disagree",
    ],
    [
      "two digests, though the signature was made with the better one",
      { digest: "SHA-512", signatureAlgorithm: rsa(publicKeys.sha256WithRsa) },
      "invalid algorithms-disagree",
    ],
    [
      "RSA-PSS parameters left out, which mean SHA-1",
      { signatureAlgorithm: derSequence(derOid(publicKeys.rsassaPss)) },
      "invalid algorithms-disagree",
    ],
    [
      "parameters that RSA does not have",
      {
        signatureAlgorithm: derSequence(derOid(publicKeys.sha256WithRsa), derOctetString(content)),
      },
      "unsupported algorithm-unsupported",
    ],
    [
      "another kind of key's algorithm",
      { signatureAlgorithm: derSequence(derOid(publicKeys.ecdsaWithSha256)) },
      "unsupported algorithm-unsupported",
    ],
    [
      "SHA-224",
      { digestAlgorithm: plainAlgorithm("2.16.840.1.101.3.4.2.4") },
      "unsupported algorithm-unsupported",
    ],
    [
      "SHA3-256",
      { digestAlgorithm: plainAlgorithm("2.16.840.1.101.3.4.2.8") },
      "unsupported algorithm-unsupported",
    ],
    ["SHA-1", { digest: "SHA-1" }, "weak weak-digest"],
    [
      "SHA-1 and a wrong signature",
      { digest: "SHA-1", breakSignature: true },
      "invalid signature-wrong",
    ],
    ["MD5", { digest: "MD5" }, "weak weak-digest"],
    [
      "MD5 and a wrong signature",
      { digest: "MD5", breakSignature: true },
      "invalid signature-wrong",
    ],
    [
      "MD5 and a wrong digest",
      {
        digest: "MD5",
        attributes: [contentTypeAttribute(), otherDigest],
      },
      "invalid content-altered",
    ],
    ["no attributes and SHA-1", { digest: "SHA-1", attributes: null }, "weak weak-digest"],
  ];
  for (const [name, signer, expected] of cases) {
    it(name, async () => {
      assert.equal(verdictOf(await open([{ ...byAlice, ...signer }])), expected);
    });
  }

  const byCarlos: CraftedSigner = {
    certificate: carlos.signing,
    key: carlos.signingKey,
    digest: "SHA-512",
    signatureAlgorithm: derSequence(derOid(publicKeys.ed25519)),
  };
  const ed25519: [string, Partial<CraftedSigner>, string][] = [
    ["Ed25519 with attributes", {}, "mismatch address-mismatch"],
    ["Ed25519 without attributes", { attributes: null }, "mismatch address-mismatch"],
    ["Ed25519 with SHA-256", { digest: "SHA-256" }, "invalid algorithms-disagree"],
    [
      "Ed25519 with SHA-256, without attributes",
      { digest: "SHA-256", attributes: null },
      "invalid algorithms-disagree",
    ],
    ["Ed25519 and a wrong signature", { breakSignature: true }, "invalid signature-wrong"],
    [
      "Ed25519 with parameters",
      { signatureAlgorithm: plainAlgorithm(publicKeys.ed25519) },
      "unsupported algorithm-unsupported",
    ],
  ];
  for (const [name, signer, expected] of ed25519) {
    it(name, async () => {
      assert.equal(verdictOf(await open([{ ...byCarlos, ...signer }])), expected);
    });
  }

  it("RSA-PSS keys are held to the parameters that they lay down", () => {
    const mask = (oid: string) =>
      derExplicit(1, derSequence(derOid(publicKeys.mgf1), plainAlgorithm(oid)));
    const pss = (oid: string, maskOid: string, salt: number) =>
      derSequence(
        derOid(publicKeys.rsassaPss),
        derSequence(
          derExplicit(0, plainAlgorithm(oid)),
          mask(maskOid),
          derExplicit(2, derSmallInteger(salt)),
        ),
      );
    const { sha256, sha512 } = digests;
    const bits = encodingOf(
      partsOf(readTlv(alice.signing.publicKey.spki), tags.sequence)[1] ?? readTlv(content),
    );
    const confined = publicKey(derSequence(pss(sha256, sha256, 32), bits));
    const free = publicKey(derSequence(derSequence(derOid(publicKeys.rsassaPss)), bits));
    const algorithm = (encoded: Uint8Array) => algorithmIn(readTlv(encoded));
    const scheme = (encoded: Uint8Array, digest: string, key: PublicKey) => {
      const found = signatureScheme(algorithm(encoded), digest, key);
      return typeof found === "string" ? found : found.name;
    };
    assert.equal(scheme(pss(sha256, sha256, 32), sha256, confined), "RSA-PSS with SHA-256");
    assert.equal(scheme(pss(sha256, sha256, 64), sha256, confined), "RSA-PSS with SHA-256");
    assert.equal(scheme(pss(sha256, sha256, 31), sha256, confined), "disagree");
    assert.equal(scheme(pss(sha256, sha512, 32), sha256, confined), "disagree");
    assert.equal(scheme(pss(sha512, sha512, 64), sha512, confined), "disagree");
    assert.equal(scheme(pss(sha512, sha512, 64), sha512, free), "RSA-PSS with SHA-512");
    assert.equal(scheme(plainAlgorithm(publicKeys.sha256WithRsa), sha256, free), "unsupported");
  });

  it("ECDSA values are taken in their DER and in no other form", async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
      "sign",
    ]);
    const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
    const key: PublicKey = { kind: "ec", bits: 256, curve: "P-256", spki };
    const raw = new Uint8Array(
      await crypto.subtle.sign(
        { name: "ECDSA", hash: "SHA-256" },
        pair.privateKey,
        content as Uint8Array<ArrayBuffer>,
      ),
    );
    const verify = (signature: Uint8Array) =>
      verifySignature(ecdsaScheme("SHA-256", key), key, signature, content);
    const right = ecdsaSignatureValue(raw);
    assert.equal(await verify(right), true);
    const [r, s] = [raw.subarray(0, 32), raw.subarray(32)].map((half) =>
      der(2, Uint8Array.of(0, 0), half),
    );
    const body = right.subarray(2);
    const minus = (half: Uint8Array) => der(2, half);
    for (const wrong of [
      Uint8Array.of(...right, 0),
      derSequence(body, der(2, Uint8Array.of(1))),
      derSequence(r ?? body, s ?? body),
      Uint8Array.of(0x30, 0x81, body.length, ...body),
      Uint8Array.of(0x30, 0x80, ...body, 0, 0),
      derSequence(minus(Uint8Array.of(0x80)), minus(raw.subarray(32))),
      derSequence(body.subarray(0, 2 + (body[1] ?? 0))),
      derSequence(),
      der(4, body),
      raw,
      new Uint8Array(0),
    ]) {
      assert.equal(await verify(wrong), false, Buffer.from(wrong).toString("hex"));
    }
  });
});

describe("the identifier of a signer info", () => {
  const keyIdentifier = der(contextTag(0, false), alice.signing.subjectKeyIdentifier ?? octets(""));

  it("may be the key's, whatever version the signer info says", async () => {
    for (const version of [1, 3]) {
      const opened = await open([{ ...byAlice, identifier: keyIdentifier, version }]);
      assert.equal(verdictOf(opened), "valid");
    }
  });

  it("may be the digest of a key whose certificate does not name it", () => {
    const bits = contentOf(
      partsOf(readTlv(alice.signing.publicKey.spki), tags.sequence)[1] ?? readTlv(content),
    ).subarray(1);
    const identifier = {
      kind: "subject-key-identifier",
      keyIdentifier: new Uint8Array(createHash("sha1").update(bits).digest()),
    } as const;
    assert.equal(identifies(identifier, { ...alice.signing, subjectKeyIdentifier: null }), true);
    assert.equal(identifies(identifier, { ...bob.signing, subjectKeyIdentifier: null }), false);
    const named = { ...alice.signing, subjectKeyIdentifier: octets("another") };
    assert.equal(identifies(identifier, named), false);
  });

  it("that no certificate has is not verified", async () => {
    const opened = await open([
      { ...byAlice, identifier: der(contextTag(0, false), octets("unknown")) },
    ]);
    assert.equal(verdictOf(opened), "invalid signer-certificate-missing");
  });

  it("finds the certificate among others, of whatever kind", async () => {
    const certificates = [
      derSequence(octets("nonsense")),
      der(contextTag(1, true), derSequence()),
      der(contextTag(3, true), derOid("1.2.3"), derSequence()),
      bob.signing.der,
      alice.signing.der,
      ...chain,
    ];
    assert.equal(verdictOf(await open([byAlice], { certificates })), "valid");
  });

  it("that certificates known from elsewhere have is enough", async () => {
    const known = {
      ...contextOf(bob),
      intermediates: [bob.signing, alice.signing, ...alice.chain],
    };
    assert.equal(verdictOf(await open([byAlice], { certificates: [] }, known)), "valid");
  });
});

describe("several signers", () => {
  const sha3 = plainAlgorithm("2.16.840.1.101.3.4.2.8");
  const strange = { ...byBob, digestAlgorithm: sha3 };
  const cases: [string, readonly CraftedSigner[], string][] = [
    ["of whom the sender is the second", [byBob, byAlice], "valid"],
    ["of whom none is the sender", [byBob, byBob], "mismatch address-mismatch"],
    [
      "one of whom signed something else",
      [byAlice, { ...byBob, breakSignature: true }],
      "invalid several-signers",
    ],
    [
      "the sender's being wrong",
      [{ ...byAlice, breakSignature: true }, byBob],
      "invalid several-signers",
    ],
    [
      "both being wrong",
      [
        { ...byAlice, breakSignature: true },
        { ...byBob, breakSignature: true },
      ],
      "invalid signature-wrong",
    ],
    ["one of whom used an unknown method", [byAlice, strange], "unsupported several-signers"],
    [
      "one of whom used a weak method",
      [byAlice, { ...byBob, digest: "SHA-1" }],
      "weak several-signers",
    ],
    [
      "one of whom is not known",
      [byAlice, { ...byBob, identifier: der(contextTag(0, false), octets("x")) }],
      "invalid several-signers",
    ],
    [
      "who are the same, with a weak method for old readers",
      [{ ...byAlice, digest: "SHA-1" }, byAlice],
      "valid",
    ],
    [
      "who are the same, with a new method for new readers",
      [byAlice, { ...strange, ...byAlice, digestAlgorithm: sha3 }],
      "valid",
    ],
    [
      "who are the same, one signature being wrong",
      [byAlice, { ...byAlice, breakSignature: true }],
      "invalid several-signers",
    ],
    ["who are none", [], "invalid no-signer"],
  ];
  for (const [name, signers, expected] of cases) {
    it(name, async () => {
      const opened = await open(signers);
      assert.equal(verdictOf(opened), expected);
      if (expected.endsWith("several-signers")) assert.deepEqual(opened.certificates, []);
    });
  }
});

describe("what else a SignedData may hold", () => {
  it("is kept for path validation: lists of revoked certificates, and answers about single ones", async () => {
    const list = derSequence(derOid("1.2.3"), octets("\x05\x00"));
    const answer = derSequence(der(10, Uint8Array.of(0)));
    const other = (format: string, info: Uint8Array) =>
      der(contextTag(1, true), derOid(format), info);
    const crls = [list, other("1.3.6.1.5.5.7.16.2", answer), other("1.2.3.4", list)];
    const cms = await craftSignedData({ content, signers: [byAlice], crls });
    const signedData = readSignedData(readContentInfo(cms).content);
    assert.deepEqual(signedData.crls, [list]);
    assert.deepEqual(signedData.ocspResponses, [answer]);
    assert.equal(signedData.certificates.length, 1);
    assert.equal(verdictOf(await open([byAlice], { crls })), "valid");
  });

  it("is certificates only, with an empty content or none", async () => {
    const certificates = [alice.signing.der, ...chain];
    for (const opaque of [true, false]) {
      const cms = await craftSignedData({
        content: new Uint8Array(0),
        opaque,
        signers: [],
        certificates,
      });
      const type = 'application/pkcs7-mime; smime-type=certs-only; name="smime.p7c"';
      const opened = await openMessage(opaqueMessage(cms, { type }), contextOf(bob));
      const [layer] = opened.layers;
      assert.ok(layer?.kind === "certs-only");
      assert.equal(layer.certificates.length, certificates.length);
      assert.equal(opened.signature.verdict, "none");
      assert.equal(opened.protection, "none");
    }
    const text = await craftSignedData({ content, opaque: true, signers: [], certificates });
    const opened = await openMessage(opaqueMessage(text), contextOf(bob));
    assert.equal(verdictOf(opened), "invalid no-signer");
  });

  it("is nothing after its signers", async () => {
    const cms = await craftSignedData({ content, opaque: true, signers: [byAlice] });
    const [type = cms, explicit = cms] = partsOf(readTlv(cms), tags.sequence).map(encodingOf);
    const inner = encodingOf(explicitPart(readTlv(explicit)));
    const more = derSequence(
      type,
      derExplicit(0, derSequence(contentOf(readTlv(inner)), derSequence())),
    );
    const opened = await openMessage(opaqueMessage(more), contextOf(bob));
    assert.equal(verdictOf(opened), "invalid malformed");
  });
});

describe("a signed message", async () => {
  const signers = [byAlice];
  const certificates = [alice.signing.der, ...chain];
  const opaqueCms = await craftSignedData({ content, opaque: true, signers, certificates });
  const detachedCms = await craftSignedData({ content, signers, certificates });
  const verdict = async (message: Uint8Array) =>
    verdictOf(await openMessage(message, contextOf(bob)));

  for (const type of [
    "application/pkcs7-mime",
    "application/x-pkcs7-mime; smime-type=signed-data",
    "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
    "APPLICATION/PKCS7-MIME; SMIME-TYPE=Signed-Data",
    "application/octet-stream; name=smime.p7m",
    'application/octet-stream; name="SMIME.P7M"',
    "application/octet-stream; name*=utf-8''smime.p7m",
  ]) {
    it(`is one by what it holds, where its type is ${type}`, async () => {
      assert.equal(await verdict(opaqueMessage(opaqueCms, { type })), "valid");
    });
  }

  it("is one by its disposition's file name too, and not by any other", async () => {
    const named = (disposition: string) =>
      edited(
        opaqueMessage(opaqueCms, { type: "application/octet-stream" }),
        "From: ",
        `Content-Disposition: ${disposition}\r\nFrom: `,
      );
    assert.equal(await verdict(named("attachment; filename=smime.p7m")), "valid");
    assert.equal(await verdict(named("attachment; filename=smime.txt")), "none");
  });

  it("may leave out that it is in base64, or be in no encoding at all", async () => {
    const encoding = "Content-Transfer-Encoding: base64\r\n";
    assert.equal(await verdict(edited(opaqueMessage(opaqueCms), encoding, "")), "valid");
    assert.equal(
      await verdict(edited(detachedMessage(content, detachedCms), encoding, "")),
      "valid",
    );
    const [header = ""] = text(opaqueMessage(opaqueCms)).split(encoding);
    const binary = octets(`${header}Content-Transfer-Encoding: binary\r\n\r\n${text(opaqueCms)}`);
    assert.equal(await verdict(binary), "valid");
  });

  for (const [parameters, expected] of [
    ["boundary=b", "valid"],
    ['protocol="application/x-pkcs7-signature"; micalg=md5; boundary="b"', "valid"],
    ['protocol="application/pkcs7-signature"; micalg=nonsense; boundary=b', "valid"],
    ['protocol="APPLICATION/pkcs7-signature"; boundary=b', "valid"],
    ['protocol="application/pgp-signature"; boundary=b', "none"],
    ['protocol="application/pkcs7-mime"; boundary=b', "none"],
    ['protocol="application/pkcs7-signature"', "none"],
    ['protocol="application/pkcs7-signature"; boundary=c', "invalid malformed"],
  ] as const) {
    it(`with ${parameters}`, async () => {
      const type = `multipart/signed; ${parameters}`;
      assert.equal(await verdict(detachedMessage(content, detachedCms, { type })), expected);
    });
  }

  it("may have text before and after its parts, which nobody is shown", async () => {
    const message = edited(
      detachedMessage(content, detachedCms),
      "\r\n\r\n--b\r\nContent-Type: text",
      "\r\n\r\npreamble\r\n--b\r\nContent-Type: text",
    );
    const opened = await openMessage(octets(`${text(message)}epilogue\r\n`), contextOf(bob));
    assert.equal(verdictOf(opened), "valid");
    assert.doesNotMatch(text(opened.content), /preamble|epilogue/);
  });

  it("holds its content once: inside or beside the signature", async () => {
    assert.equal(await verdict(detachedMessage(content, opaqueCms)), "invalid malformed");
    assert.equal(await verdict(opaqueMessage(detachedCms)), "invalid malformed");
    const other = octets("Content-Type: text/plain\r\n\r\nShall we meet at nine?\r\n");
    assert.equal(await verdict(detachedMessage(other, opaqueCms)), "invalid malformed");
    assert.equal(await verdict(detachedMessage(other, detachedCms)), "invalid content-altered");
  });

  it("that is empty is one all the same", async () => {
    const empty = new Uint8Array(0);
    const cms = await craftSignedData({ content: empty, opaque: true, signers, certificates });
    assert.equal(await verdict(opaqueMessage(cms)), "valid");
    const message = await craftMessage({ content: empty, signers, certificates });
    assert.equal(await verdict(message), "valid");
  });

  it("in a multipart/signed inside another is both times looked at", async () => {
    const inner = octets(
      text(detachedMessage(content, detachedCms))
        .replace(/^From: [^]*?\r\n/, "")
        .replaceAll("--b", "--inner")
        .replace("boundary=b", "boundary=inner"),
    );
    const outer = await craftMessage({
      content: inner,
      signers: [byBob],
      certificates: [bob.signing.der, ...chain],
    });
    const opened = await openMessage(outer, contextOf(bob));
    assert.equal(verdictOf(opened), "valid");
    assert.deepEqual(
      opened.layers.map((layer) => layer.kind === "signed" && layer.signature.verdict),
      ["mismatch", "valid"],
    );
  });

  it("in segments and indefinite lengths is the same", async () => {
    const segments = [content.subarray(0, 9), new Uint8Array(0), content.subarray(9)].map(
      derOctetString,
    );
    const inner = derOctetString(content);
    const streamed = `\x24\x80${segments.map(text).join("")}\x00\x00`;
    const cut = text(opaqueCms).indexOf(text(inner));
    assert.ok(cut > 0);
    // Every length around the content becomes an indefinite one.
    const [type = inner, explicit = inner] = partsOf(readTlv(opaqueCms), tags.sequence).map(
      encodingOf,
    );
    const [version = inner, digestSet = inner, , ...rest] = partsOf(
      explicitPart(readTlv(explicit)),
      tags.sequence,
    ).map(encodingOf);
    const encapsulated = `\x30\x80${text(derOid(contentTypes.data))}\xa0\x80${streamed}\x00\x00\x00\x00`;
    const signedData = `\x30\x80${text(version)}${text(digestSet)}${encapsulated}${rest.map(text).join("")}\x00\x00`;
    const cms = octets(`\x30\x80${text(type)}\xa0\x80${signedData}\x00\x00\x00\x00`);
    assert.equal(await verdict(opaqueMessage(cms)), "valid");
  });
});
