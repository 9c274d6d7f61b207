import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { der, derSequence } from "../../src/core/asn1/der.ts";
import {
  children,
  contextTag,
  encodingOf,
  partsOf,
  readTlv,
  tags,
} from "../../src/core/asn1/tlv.ts";
import { derExplicit, derOid } from "../../src/core/asn1/der.ts";
import { ocspRequest } from "../../src/core/asn1/ocsp.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import type { SignatureVerdict } from "../../src/core/smime/verdict.ts";
import { certificateId } from "../../src/core/trust/ocsp-status.ts";
import type { RevocationInput } from "../../src/core/trust/revocation.ts";
import { anchor, read, root } from "../support/paths.ts";
import { openssl, withFiles } from "../support/pki.ts";
import { answerOcsp, encodedCrl, makeCrl } from "../support/revocation.ts";

const now = new Date();
const alice = root.issue({ name: "Alice", address: "alice@example.org" });

/** An opaque message of Alice's whose SignedData brings these revocation infos. */
function message(...infos: readonly Uint8Array[]): Uint8Array {
  const content = "Content-Type: text/plain\r\n\r\nHello\r\n";
  const files = { content, certificate: alice.certificatePem, key: alice.privateKeyPem };
  const signed = withFiles(files, (path) =>
    openssl([
      ...["cms", "-sign", "-nodetach", "-binary", "-outform", "DER", "-in", path("content")],
      ...["-signer", path("certificate"), "-inkey", path("key")],
    ]),
  );
  const [type, explicit] = partsOf(readTlv(signed), tags.sequence);
  const [signedData] = explicit === undefined ? [] : children(explicit);
  assert.ok(type !== undefined && signedData !== undefined);
  const parts = children(signedData).map(encodingOf);
  const revocation = der(contextTag(1, true), ...infos);
  const whole = derSequence(
    encodingOf(type),
    derExplicit(0, derSequence(...parts.slice(0, -1), revocation, ...parts.slice(-1))),
  );
  const base64 = Buffer.from(whole).toString("base64").replace(/.{76}/g, "$&\r\n");
  return Buffer.from(
    [
      "From: alice@example.org",
      "MIME-Version: 1.0",
      'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"',
      "Content-Transfer-Encoding: base64",
      "",
      base64,
      "",
    ].join("\r\n"),
  );
}

async function verdict(raw: Uint8Array, revocation?: RevocationInput): Promise<SignatureVerdict> {
  const { signature } = await openMessage(raw, {
    ownCertificates: [],
    privateKey: () => Promise.reject(new Error("no keys")),
    intermediates: [],
    anchors: [anchor(await read(root))],
    now,
    ...(revocation === undefined ? {} : { revocation }),
  });
  return signature;
}

const status = ({ path }: SignatureVerdict) => path?.revocation[0]?.status.kind;
const current = {
  thisUpdate: new Date(now.getTime() - 86_400_000),
  nextUpdate: new Date(now.getTime() + 86_400_000),
};
const revoking = { ...current, revoked: [{ certificate: alice, date: current.thisUpdate }] };

describe("revocation in a signed message", () => {
  it("none leaves it unknown", async () => {
    const signature = await verdict(message());
    assert.equal(signature.verdict, "valid");
    assert.equal(status(signature), "unknown");
  });

  it("a list says good or revoked", async () => {
    const good = await verdict(message(await encodedCrl(root, current)));
    assert.equal(good.verdict, "valid");
    assert.equal(status(good), "good");
    const bad = await verdict(message(await encodedCrl(root, revoking)));
    assert.deepEqual([bad.verdict, bad.reason], ["untrusted", "certificate-path"]);
    assert.ok(bad.path?.ok === false && bad.path.reason === "revoked");
  });

  it("an OCSP response says good or revoked (RFC 5940)", async () => {
    const id = await certificateId(await read(alice), await read(root), "SHA-256");
    const request = ocspRequest(id, null);
    const info = (response: Uint8Array) =>
      der(contextTag(1, true), derOid("1.3.6.1.5.5.7.16.2"), response);
    const good = answerOcsp(request, { authority: root, known: [alice] });
    assert.equal(status(await verdict(message(info(good)))), "good");
    const bad = await verdict(
      message(info(answerOcsp(request, { authority: root, revoked: [alice] }))),
    );
    assert.ok(bad.path?.ok === false && bad.path.reason === "revoked");
  });

  it("nonsense does no harm", async () => {
    const signature = await verdict(message(derSequence(derSequence())));
    assert.equal(signature.verdict, "valid");
  });

  it("does not outweigh what is known from elsewhere", async () => {
    const good = message(await encodedCrl(root, current));
    const known = {
      crls: [await makeCrl(root, revoking)],
      ocspResponses: [],
      mode: "given",
    } as const;
    const signature = await verdict(good, known);
    assert.ok(signature.path?.ok === false && signature.path.reason === "revoked");
  });

  it("is missed by who is strict", async () => {
    const strict = { crls: [], ocspResponses: [], mode: "strict" } as const;
    const missing = await verdict(message(), strict);
    assert.ok(missing.path?.ok === false && missing.path.reason === "revocation-unknown");
    const there = await verdict(message(await encodedCrl(root, current)), strict);
    assert.equal(there.verdict, "valid");
  });
});
