import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { hexText } from "../../src/core/octets.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { publicKeys } from "../../src/core/asn1/oids.ts";
import data from "../../src/core/trust/builtin-roots.json" with { type: "json" };
import { alice, bob, now, signerOf } from "../support/identities.ts";
import { plainMessage, text } from "../support/messages.ts";

/** PKI.js reads what the engine reads and writes, and has to come to the same. */

function schema(der: Uint8Array): asn1js.AsnType {
  const { result, offset } = asn1js.fromBER(Uint8Array.from(der).buffer);
  assert.notEqual(offset, -1);
  return result;
}

/** The base64 of a part of a message, decoded. */
function base64After(message: string, header: RegExp): Uint8Array {
  const start = message.search(header);
  const [, body = ""] = message.slice(start).split(/\r\n\r\n/, 2);
  return new Uint8Array(Buffer.from(body.split("\r\n--", 1)[0] ?? "", "base64"));
}

describe("certificates", () => {
  it("of Thunderbird's list read alike", async () => {
    for (const { name, der } of data.roots) {
      const octets = new Uint8Array(Buffer.from(der, "base64"));
      const ours = await parseCertificate(octets);
      const theirs = new pkijs.Certificate({ schema: schema(octets) });
      assert.equal(ours.notBefore.getTime(), theirs.notBefore.value.getTime(), name);
      assert.equal(ours.notAfter.getTime(), theirs.notAfter.value.getTime(), name);
      const serial = new Uint8Array(theirs.serialNumber.valueBlock.valueHexView);
      assert.equal(ours.serialNumber, hexText(serial), name);
      const names = new Uint8Array(theirs.subject.toSchema().toBER());
      assert.deepEqual(new Uint8Array(ours.subject.der), names, name);
      const basic = theirs.extensions?.find(({ extnID }) => extnID === "2.5.29.19")?.parsedValue as
        pkijs.BasicConstraints | undefined;
      assert.equal(ours.basicConstraints?.authority, basic?.cA, name);
    }
  });
});

describe("messages", () => {
  it("that the engine signs verify", async () => {
    const message = text(await signMessage(plainMessage(), signerOf(alice), { signingTime: now }));
    const boundary = /boundary="([^"]+)"/.exec(message)?.[1] ?? "";
    const [, signedPart = ""] = message.split(`--${boundary}\r\n`);
    const content = Buffer.from(signedPart.replace(/\r\n$/, ""), "latin1");
    const info = new pkijs.ContentInfo({
      schema: schema(base64After(message, /^Content-Type: application\/pkcs7-signature/m)),
    });
    const signed = new pkijs.SignedData({ schema: info.content as asn1js.AsnType });
    const verify = (data: Uint8Array) =>
      signed.verify({ signer: 0, data: Uint8Array.from(data).buffer, checkChain: false });
    assert.equal(await verify(content), true);
    content[content.length - 4] = 0x21;
    assert.equal(await verify(content).catch(() => false), false);
  });

  it("that the engine encrypts with OAEP decrypt", async () => {
    const capabilities = { algorithms: [publicKeys.rsaesOaep] };
    const recipient = { certificate: bob.encryption, capabilities };
    const message = text(await encryptMessage(plainMessage(), [recipient]));
    const info = new pkijs.ContentInfo({
      schema: schema(base64After(message, /^Content-Transfer-Encoding: base64/m)),
    });
    const enveloped = new pkijs.EnvelopedData({ schema: info.content as asn1js.AsnType });
    const opened = await enveloped.decrypt(0, {
      recipientPrivateKey: Uint8Array.from(bob.decryptionKey).buffer,
    });
    assert.match(Buffer.from(opened).toString("latin1"), /Shall we meet at noon\?/);
  });
});
