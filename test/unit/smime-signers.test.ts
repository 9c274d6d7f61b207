import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { der, derOctetString, derOid, derSequence } from "../../src/core/asn1/der.ts";
import { digests, publicKeys } from "../../src/core/asn1/oids.ts";
import { contextTag } from "../../src/core/asn1/tlv.ts";
import { openMessage, type OpenContext } from "../../src/core/smime/open.ts";
import { ecdsaSignatureValue, verifySignature } from "../../src/core/smime/verify-signature.ts";
import { ecdsaScheme } from "../../src/core/smime/signature-algorithms.ts";
import type { OpenedMessage } from "../../src/core/smime/verdict.ts";
import type { PublicKey } from "../../src/core/trust/certificate.ts";
import { alice, bob, carlos, contextOf } from "../support/identities.ts";
import { octets } from "../support/messages.ts";
import {
  contentTypeAttribute,
  craftMessage,
  digestAttribute,
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
