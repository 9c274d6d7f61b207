import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { writeContentInfo } from "../../src/core/asn1/content-info.ts";
import {
  der,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derSmallInteger,
  derTime,
} from "../../src/core/asn1/der.ts";
import { attributeTypes, contentTypes, digests, publicKeys } from "../../src/core/asn1/oids.ts";
import { contextTag, tags } from "../../src/core/asn1/tlv.ts";
import { encodeBase64Lines } from "../../src/core/mime/base64.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { issuerAndSerialNumber } from "../../src/core/smime/certificate-identifiers.ts";
import type { OpenedMessage } from "../../src/core/smime/verdict.ts";
import { alice, bob, contextOf } from "../support/identities.ts";
import { octets, text } from "../support/messages.ts";

/** Signatures by Alice's key that are right in all but one point. */

const part = octets("Content-Type: text/plain\r\n\r\nShall we meet at noon?\r\n");
const key = await crypto.subtle.importKey(
  "pkcs8",
  alice.signingKey as Uint8Array<ArrayBuffer>,
  { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  false,
  ["sign"],
);
const sha256 = async (content: Uint8Array) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", content as Uint8Array<ArrayBuffer>));

const attribute = (type: string, ...values: Uint8Array[]) =>
  derSequence(derOid(type), derSetOf(values));
const contentType = attribute(attributeTypes.contentType, derOid(contentTypes.data));
const digest = attribute(attributeTypes.messageDigest, derOctetString(await sha256(part)));
const twoDigests = attribute(
  attributeTypes.messageDigest,
  derOctetString(await sha256(part)),
  derOctetString(await sha256(octets("else"))),
);
const wrongDigest = attribute(
  attributeTypes.messageDigest,
  derOctetString(await sha256(octets("else"))),
);
const time = attribute(attributeTypes.signingTime, derTime(new Date("2026-06-01T11:00:00Z")));
const protection = (digestOid: string) =>
  attribute(
    attributeTypes.algorithmProtection,
    derSequence(
      derSequence(derOid(digestOid)),
      der(contextTag(1, true), derOid(publicKeys.rsaEncryption), derNull()),
    ),
  );

interface Crafted {
  /** null: none, and the signature is over the content. */
  readonly attributes: readonly Uint8Array[] | null;
  /** What stands in the message, where that is not what was signed. */
  readonly shown?: Uint8Array;
  readonly content?: Uint8Array;
  readonly opaqueType?: string;
}

async function craft({
  attributes,
  shown,
  content = part,
  opaqueType,
}: Crafted): Promise<Uint8Array> {
  const tbs = attributes === null ? content : derSetOf(attributes);
  const signature = new Uint8Array(
    await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key, tbs as Uint8Array<ArrayBuffer>),
  );
  const inMessage = attributes === null ? [] : [shown ?? derSetOf(attributes, contextTag(0, true))];
  const signerInfo = derSequence(
    derSmallInteger(1),
    issuerAndSerialNumber(alice.signing),
    derSequence(derOid(digests.sha256)),
    ...inMessage,
    derSequence(derOid(publicKeys.rsaEncryption), derNull()),
    derOctetString(signature),
  );
  const encapsulated =
    opaqueType === undefined
      ? derSequence(derOid(contentTypes.data))
      : derSequence(derOid(opaqueType), der(contextTag(0, true), derOctetString(content)));
  const cms = writeContentInfo(contentTypes.signedData, tags.sequence, [
    derSmallInteger(1),
    derSetOf([derSequence(derOid(digests.sha256))]),
    encapsulated,
    derSetOf([alice.signing.der, ...alice.chain.map((one) => one.der)], contextTag(0, true)),
    derSetOf([signerInfo]),
  ]);
  const base64 = `Content-Transfer-Encoding: base64\r\n\r\n${text(encodeBase64Lines(cms))}`;
  const from = "From: alice@smime.example\r\n";
  if (opaqueType !== undefined) {
    return octets(
      `${from}Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n${base64}`,
    );
  }
  return octets(
    `${from}Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=b\r\n\r\n` +
      `--b\r\n${text(content)}\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n${base64}--b--\r\n`,
  );
}

async function open(crafted: Crafted): Promise<OpenedMessage> {
  return openMessage(await craft(crafted), contextOf(bob));
}

describe("signed attributes", () => {
  it("in order make a valid signature", async () => {
    const opened = await open({ attributes: [contentType, digest, time] });
    assert.equal(opened.signature.reason, null);
    assert.equal(opened.protection, "signed");
  });

  it("may be missing altogether", async () => {
    assert.equal((await open({ attributes: null })).signature.verdict, "valid");
  });

  it("are hashed in their DER, in whatever order and lengths they came", async () => {
    const shuffled = der(contextTag(0, true), time, digest, contentType);
    const backwards = der(contextTag(0, true), contentType, digest, time);
    const indefinite = octets(`\xa0\x80${text(digest)}${text(time)}${text(contentType)}\x00\x00`);
    for (const shown of [shuffled, backwards, indefinite]) {
      const opened = await open({ attributes: [contentType, digest, time], shown });
      assert.equal(opened.signature.verdict, "valid");
    }
  });

  const broken: [string, readonly Uint8Array[], string][] = [
    ["without a content type", [digest, time], "signed-attributes-wrong"],
    ["without a digest", [contentType, time], "signed-attributes-wrong"],
    ["with a digest of something else", [contentType, wrongDigest], "content-altered"],
    ["with two digests", [contentType, digest, wrongDigest], "signed-attributes-wrong"],
    ["with two content types", [contentType, contentType, digest], "signed-attributes-wrong"],
    ["with a digest of two values", [contentType, twoDigests], "signed-attributes-wrong"],
    [
      "with another content type",
      [attribute(attributeTypes.contentType, derOid(contentTypes.signedData)), digest],
      "signed-attributes-wrong",
    ],
    ["with two signing times", [contentType, digest, time, time], "signed-attributes-wrong"],
    [
      "with a signing time that is none",
      [contentType, digest, attribute(attributeTypes.signingTime, derOctetString(part))],
      "malformed",
    ],
    [
      "with another digest algorithm in the protected copy",
      [contentType, digest, protection(digests.sha1)],
      "signed-attributes-wrong",
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

  it("with the right protected algorithms count", async () => {
    const opened = await open({ attributes: [contentType, digest, protection(digests.sha256)] });
    assert.equal(opened.signature.verdict, "valid");
  });

  it("other than those that were signed do not count", async () => {
    const shown = derSetOf([contentType, digest], contextTag(0, true));
    const opened = await open({ attributes: [contentType, digest, time], shown });
    assert.equal(opened.signature.reason, "signature-wrong");
  });

  it("must be there for content that is not data", async () => {
    const inner = derSequence(derOid(contentTypes.data));
    const opened = await open({
      attributes: null,
      content: inner,
      opaqueType: contentTypes.envelopedData,
    });
    assert.equal(opened.signature.reason, "signed-attributes-wrong");
  });

  it("of a genuine signature cannot be passed off as content", async () => {
    const opened = await open({
      attributes: null,
      content: derSetOf([contentType, digest, time]),
      opaqueType: contentTypes.data,
    });
    assert.equal(opened.signature.reason, "signed-attributes-wrong");
  });
});

describe("a From inside the signed part", () => {
  const withFrom = (from: string) => octets(`From: ${from}\r\n${text(part)}`);
  const attributesFor = async (content: Uint8Array) => [
    contentType,
    attribute(attributeTypes.messageDigest, derOctetString(await sha256(content))),
  ];

  it("may repeat the outer one", async () => {
    const content = withFrom("Alice <alice@SMIME.example>");
    const opened = await open({ attributes: await attributesFor(content), content });
    assert.equal(opened.signature.verdict, "valid");
  });

  it("must not contradict it, and never replaces it", async () => {
    const content = withFrom("mallory@evil.example");
    const opened = await open({ attributes: await attributesFor(content), content });
    assert.equal(opened.signature.verdict, "mismatch");
    assert.equal(opened.protection, "none");
    assert.doesNotMatch(text(opened.content), /mallory/);
  });
});
