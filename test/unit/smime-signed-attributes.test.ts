import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import {
  der,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derTime,
} from "../../src/core/asn1/der.ts";
import { attributeTypes, contentTypes, digests, publicKeys } from "../../src/core/asn1/oids.ts";
import { contextTag, tags } from "../../src/core/asn1/tlv.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import type { OpenedMessage } from "../../src/core/smime/verdict.ts";
import type { Certificate } from "../../src/core/trust/certificate.ts";
import { alice, bob, contextOf } from "../support/identities.ts";
import { octets, text } from "../support/messages.ts";
import {
  attribute,
  contentTypeAttribute,
  craftMessage,
  digestAttribute,
  plainAlgorithm,
  type CraftedSignedData,
  type CraftedSigner,
} from "../support/signed-data.ts";

/** Signatures by Alice's key that are right in all but one point. */

const part = octets("Content-Type: text/plain\r\n\r\nShall we meet at noon?\r\n");
const contentType = contentTypeAttribute();
const digest = await digestAttribute(part);
const wrongDigest = await digestAttribute(octets("else"));
const [rightValue, wrongValue] = [digest, wrongDigest].map((one) => one.subarray(-34));
const time = (value: Uint8Array) => attribute(attributeTypes.signingTime, value);
const signedAt = time(derTime(new Date("2026-06-01T11:00:00Z")));

const protection = (...parts: Uint8Array[]) =>
  attribute(attributeTypes.algorithmProtection, derSequence(...parts));
const sha256 = plainAlgorithm(digests.sha256);
const rsaSignature = der(contextTag(1, true), derOid(publicKeys.rsaEncryption), derNull());
const rsaMac = der(contextTag(2, true), derOid(publicKeys.rsaEncryption), derNull());

async function open(
  signer: Pick<CraftedSigner, "attributes" | "shown" | "unsigned" | "version">,
  { content = part, ...rest }: Partial<CraftedSignedData> = {},
): Promise<OpenedMessage> {
  const signers = [{ certificate: alice.signing, key: alice.signingKey, ...signer }];
  const certificates = [alice.signing.der, ...alice.chain.map((one) => one.der)];
  const message = await craftMessage({ content, certificates, signers, ...rest });
  return openMessage(message, contextOf(bob));
}

describe("signed attributes", () => {
  const right: [string, readonly Uint8Array[] | null][] = [
    ["in order", [contentType, digest, signedAt]],
    ["without a signing time", [contentType, digest]],
    ["that are missing altogether", null],
    ["with attributes that nobody knows", [contentType, digest, attribute("1.2.3.4", sha256)]],
    [
      "with an attribute that nobody knows twice",
      [contentType, digest, attribute("1.2.3.4", sha256), attribute("1.2.3.4", sha256, digest)],
    ],
    ["with the protected algorithms", [contentType, digest, protection(sha256, rsaSignature)]],
    [
      "with the protected algorithms, where absent parameters stand for NULL",
      [
        contentType,
        digest,
        protection(
          derSequence(derOid(digests.sha256)),
          der(contextTag(1, true), derOid(publicKeys.rsaEncryption)),
        ),
      ],
    ],
  ];
  for (const [name, attributes] of right) {
    it(`${name} make a valid signature`, async () => {
      const opened = await open({ attributes });
      assert.equal(opened.signature.reason, null);
      assert.equal(opened.protection, "signed");
    });
  }

  it("are hashed in their DER, in whatever order and lengths they came", async () => {
    const shuffled = der(contextTag(0, true), signedAt, digest, contentType);
    const backwards = der(contextTag(0, true), contentType, digest, signedAt);
    const indefinite = octets(
      `\xa0\x80${text(digest)}${text(signedAt)}${text(contentType)}\x00\x00`,
    );
    for (const shown of [shuffled, backwards, indefinite]) {
      const opened = await open({ attributes: [contentType, digest, signedAt], shown });
      assert.equal(opened.signature.verdict, "valid");
    }
  });

  const wrong = "signed-attributes-wrong";
  const broken: [string, readonly Uint8Array[], string][] = [
    ["without any", [], wrong],
    ["without a content type", [digest, signedAt], wrong],
    ["without a digest", [contentType, signedAt], wrong],
    ["with a digest of something else", [contentType, wrongDigest], "content-altered"],
    ["with two digests", [contentType, digest, wrongDigest], wrong],
    ["with the same digest twice", [contentType, digest, digest], wrong],
    ["with two content types", [contentType, contentType, digest], wrong],
    [
      "with a digest of two values",
      [
        contentType,
        attribute(
          attributeTypes.messageDigest,
          rightValue ?? new Uint8Array(0),
          wrongValue ?? new Uint8Array(0),
        ),
      ],
      wrong,
    ],
    ["with a digest of no value", [contentType, attribute(attributeTypes.messageDigest)], wrong],
    [
      "with a content type of two values",
      [
        attribute(
          attributeTypes.contentType,
          derOid(contentTypes.data),
          derOid(contentTypes.signedData),
        ),
        digest,
      ],
      wrong,
    ],
    ["with a content type of no value", [attribute(attributeTypes.contentType), digest], wrong],
    [
      "with a digest that is cut short",
      [contentType, attribute(attributeTypes.messageDigest, derOctetString(part.subarray(0, 16)))],
      "content-altered",
    ],
    [
      "with a digest that is no octet string",
      [contentType, attribute(attributeTypes.messageDigest, derOid(digests.sha256))],
      "malformed",
    ],
    ["with another content type", [contentTypeAttribute(contentTypes.signedData), digest], wrong],
    ["with two signing times", [contentType, digest, signedAt, signedAt], wrong],
    ["with a signing time of no value", [contentType, digest, time(new Uint8Array(0))], wrong],
    [
      "with a signing time that is none",
      [contentType, digest, time(derOctetString(part))],
      "malformed",
    ],
    [
      "with a signing time in local time",
      [contentType, digest, time(der(tags.utcTime, octets("260601130000+0200")))],
      "malformed",
    ],
    [
      "with a signing time without seconds",
      [contentType, digest, time(der(tags.utcTime, octets("2606011100Z")))],
      "malformed",
    ],
    [
      "with a signing time in fractions of seconds",
      [contentType, digest, time(der(tags.generalizedTime, octets("20260601110000.5Z")))],
      "malformed",
    ],
    [
      "with a signing time of this century as GeneralizedTime",
      [contentType, digest, time(der(tags.generalizedTime, octets("20260601110000Z")))],
      wrong,
    ],
    [
      "with a countersignature, which is never signed",
      [contentType, digest, attribute(attributeTypes.countersignature, derSequence())],
      wrong,
    ],
    [
      "with another digest algorithm in the protected copy",
      [contentType, digest, protection(plainAlgorithm(digests.sha1), rsaSignature)],
      wrong,
    ],
    [
      "with another signature algorithm in the protected copy",
      [
        contentType,
        digest,
        protection(sha256, der(contextTag(1, true), derOid(publicKeys.sha256WithRsa), derNull())),
      ],
      wrong,
    ],
    [
      "with other parameters in the protected copy",
      [contentType, digest, protection(derSequence(derOid(digests.sha256), sha256), rsaSignature)],
      wrong,
    ],
    ["with a protected MAC", [contentType, digest, protection(sha256, rsaMac)], wrong],
    [
      "with a protected MAC beside the signature",
      [contentType, digest, protection(sha256, rsaSignature, rsaMac)],
      wrong,
    ],
    ["with a protected digest only", [contentType, digest, protection(sha256)], wrong],
    [
      "with two protected copies",
      [contentType, digest, protection(sha256, rsaSignature), protection(sha256, rsaSignature)],
      wrong,
    ],
  ];
  for (const [name, attributes, reason] of broken) {
    it(`${name} do not count`, async () => {
      const opened = await open({ attributes });
      assert.equal(opened.signature.verdict, "invalid");
      assert.equal(opened.signature.reason, reason);
      assert.equal(opened.protection, "none");
      assert.deepEqual(opened.certificates, []);
    });
  }

  it("other than those that were signed do not count", async () => {
    const shown = derSetOf([contentType, digest], contextTag(0, true));
    const opened = await open({ attributes: [contentType, digest, signedAt], shown });
    assert.equal(opened.signature.reason, "signature-wrong");
  });

  it("must be there for content that is not data", async () => {
    const inner = derSequence(derOid(contentTypes.data));
    const opened = await open(
      { attributes: null },
      { content: inner, contentType: contentTypes.envelopedData, opaque: true },
    );
    assert.equal(opened.signature.reason, "signed-attributes-wrong");
  });

  it("in order do not make a message of other content, such as a receipt", async () => {
    const receipt = { content: derSequence(), contentType: "1.2.840.113549.1.9.16.1.1" };
    const opened = await open({}, { ...receipt, opaque: true });
    assert.equal(opened.signature.verdict, "unsupported");
    assert.equal(opened.signature.reason, "content-unsupported");
    assert.equal(opened.protection, "none");
    const beside = await open({}, { content: part, contentType: "1.2.840.113549.1.9.16.1.1" });
    assert.equal(beside.signature.reason, "content-unsupported");
  });

  it("of a genuine signature cannot be passed off as content", async () => {
    const opened = await open(
      { attributes: null },
      { content: derSetOf([contentType, digest, signedAt]), opaque: true },
    );
    assert.equal(opened.signature.reason, "signed-attributes-wrong");
    // The digit that text may start with has the same octet as a set.
    const bare = await open({ attributes: null }, { content: octets("12 o'clock?\r\n") });
    assert.equal(bare.signature.verdict, "valid");
  });

  const notSigned = (...attributes: Uint8Array[]) => der(contextTag(1, true), ...attributes);

  it("that are not signed change nothing", async () => {
    const unsigned = notSigned(
      attribute(attributeTypes.countersignature, derSequence()),
      attribute("1.2.3.4", sha256),
    );
    const opened = await open({ attributes: [contentType, digest, signedAt], unsigned });
    assert.equal(opened.signature.verdict, "valid");
    assert.equal(opened.signature.signedAt?.toISOString(), "2026-06-01T11:00:00.000Z");
  });

  it("must not be among those that are not signed", async () => {
    for (const attributes of [[contentType, digest], null]) {
      for (const unsigned of [contentType, digest, signedAt].map((one) => notSigned(one))) {
        const opened = await open({ attributes, unsigned });
        assert.equal(opened.signature.reason, wrong);
        assert.equal(opened.signature.signedAt, null);
      }
    }
  });
});

describe("a signer's certificate among the signed attributes", () => {
  const hash = (name: string, { der }: Certificate) =>
    derOctetString(createHash(name).update(der).digest());
  const named = (...ids: Uint8Array[]) => derSequence(derSequence(...ids));
  const version1 = (...certificates: Certificate[]) =>
    attribute(
      attributeTypes.signingCertificate,
      named(...certificates.map((one) => derSequence(hash("sha1", one)))),
    );
  const version2 = (...certificates: Certificate[]) =>
    attribute(
      attributeTypes.signingCertificateV2,
      named(...certificates.map((one) => derSequence(hash("sha256", one)))),
    );
  const sha512 = (certificate: Certificate) =>
    attribute(
      attributeTypes.signingCertificateV2,
      named(derSequence(plainAlgorithm(digests.sha512), hash("sha512", certificate))),
    );
  const own = alice.signing;
  const [issuer = own] = alice.chain;
  const other = bob.signing;

  const table: [string, readonly Uint8Array[], string | null][] = [
    ["is the signer's", [version1(own)], null],
    ["is the signer's, by today's digest", [version2(own, issuer)], null],
    ["is the signer's, by a digest that is named", [sha512(own)], null],
    ["is the signer's in both forms", [version1(own), version2(own)], null],
    ["is another one", [version1(other)], "signed-attributes-wrong"],
    ["is another one, by today's digest", [version2(other)], "signed-attributes-wrong"],
    ["is another one, by a digest that is named", [sha512(other)], "signed-attributes-wrong"],
    ["is another one in one form", [version1(own), version2(other)], "signed-attributes-wrong"],
    ["is the signer's in second place", [version2(issuer, own)], "signed-attributes-wrong"],
    ["is there twice", [version2(own), version2(own)], "signed-attributes-wrong"],
    ["is none", [attribute(attributeTypes.signingCertificateV2, named())], "malformed"],
  ];
  for (const [name, attributes, reason] of table) {
    it(name, async () => {
      const opened = await open({ attributes: [contentType, digest, ...attributes] });
      assert.equal(opened.signature.reason, reason);
      assert.equal(opened.protection, reason === null ? "signed" : "none");
    });
  }

  it("tells nothing by a digest that nobody knows", async () => {
    const id = derSequence(plainAlgorithm("1.2.3.4"), derOctetString(part));
    const unknown = attribute(attributeTypes.signingCertificateV2, named(id));
    const opened = await open({ attributes: [contentType, digest, unknown] });
    assert.equal(opened.protection, "signed");
  });
});

describe("a From inside the signed part", () => {
  const withFrom = (from: string) => octets(`From: ${from}\r\n${text(part)}`);

  it("may repeat the outer one", async () => {
    const opened = await open({}, { content: withFrom("Alice <alice@SMIME.example>") });
    assert.equal(opened.signature.verdict, "valid");
  });

  it("must not contradict it, and never replaces it", async () => {
    const opened = await open({}, { content: withFrom("mallory@evil.example") });
    assert.equal(opened.signature.verdict, "mismatch");
    assert.equal(opened.protection, "none");
    assert.doesNotMatch(text(opened.content), /mallory/);
  });
});
