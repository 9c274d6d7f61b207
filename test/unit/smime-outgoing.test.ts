import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { openMessage, protectionHint } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { alice, bob, carlos, contextOf, rsaRoot, signerOf } from "../support/identities.ts";
import { edited, octets, plainMessage, text } from "../support/messages.ts";

const options = { signingTime: new Date("2026-06-01T11:58:03Z") };
const sign = (body: string) => signMessage(plainMessage({ body }), signerOf(alice), options);
const notSendable = { name: "SmimeError", code: "mime-malformed" };

describe("signMessage", () => {
  it("refuses what would not survive SMTP", async () => {
    await assert.rejects(sign("a\0b\r\n"), notSendable);
    await assert.rejects(sign(`${"x".repeat(999)}\r\n`), notSendable);
    await assert.rejects(sign("x".repeat(999)), notSendable);
    for (const body of [`${"x".repeat(998)}\r\n`, "x".repeat(998), "", "\r\n\r\n"]) {
      const opened = await openMessage(await sign(body), contextOf(bob));
      assert.equal(opened.signature.verdict, "valid");
      assert.ok(text(opened.content).endsWith(`\r\n\r\n${body}`));
    }
  });

  it("signs octets above 127, which an attached message may have", async () => {
    const opened = await openMessage(await sign("Gr\xfc\xdfe\r\n"), contextOf(bob));
    assert.equal(opened.signature.verdict, "valid");
  });

  it("signs any line that encryption is going to enclose", async () => {
    const body = `${"x".repeat(5000)}\r\na\0b\r\n`;
    const enclosed = { ...options, toBeEncrypted: true };
    const signed = await signMessage(plainMessage({ body }), signerOf(alice), enclosed);
    const recipients = [{ certificate: bob.encryption, capabilities: null }];
    const opened = await openMessage(await encryptMessage(signed, recipients), contextOf(bob));
    assert.equal(opened.protection, "signed-and-encrypted");
    assert.ok(text(opened.content).endsWith(body));
  });

  it("signs an attached file's bare line feeds in the form that they will arrive in", async () => {
    const message = await sign("one\ntwo\r\n");
    assert.ok(text(message).includes("one\r\ntwo\r\n"));
    assert.equal((await openMessage(message, contextOf(bob))).signature.verdict, "valid");
  });

  it("keeps outer octets above 127 and adds MIME-Version where it is missing", async () => {
    const bare = edited(plainMessage({ subject: "Gr\xfc\xdfe" }), "MIME-Version: 1.0\r\n", "");
    const signed = text(await signMessage(bare, signerOf(alice), options));
    assert.match(signed, /Subject: Gr\xfc\xdfe\r\nMIME-Version: 1\.0\r\nContent-Type: multipart/);
  });

  it("sends the chain and the encryption certificate, but no root", async () => {
    const signer = { ...signerOf(alice), chain: [...alice.chain, rsaRoot] };
    const opened = await openMessage(
      await signMessage(plainMessage(), signer, options),
      contextOf(bob),
    );
    assert.deepEqual(
      opened.certificates.map(({ fingerprint }) => fingerprint).sort(),
      [alice.signing, alice.encryption, ...alice.chain].map((one) => one.fingerprint).sort(),
    );
  });

  it("refuses a key that cannot sign", async () => {
    const signer = { ...signerOf(carlos), certificate: carlos.encryption };
    await assert.rejects(signMessage(plainMessage(), signer, options), {
      code: "send-certificate-unusable",
    });
  });
});

describe("encryptMessage", () => {
  it("refuses nobody and keys that cannot encrypt", async () => {
    await assert.rejects(encryptMessage(plainMessage(), []), { code: "send-recipients-missing" });
    await assert.rejects(
      encryptMessage(plainMessage(), [{ certificate: carlos.signing, capabilities: null }]),
      { code: "send-certificate-unusable" },
    );
  });

  it("does not tell by their order who is the sender", async () => {
    const orders = new Set<string>();
    for (const people of [
      [alice, bob, carlos],
      [carlos, bob, alice],
    ]) {
      const message = await encryptMessage(
        plainMessage(),
        people.map(({ encryption }) => ({ certificate: encryption, capabilities: null })),
      );
      const cms = Buffer.from(text(message).split("\r\n\r\n")[1] ?? "", "base64");
      const positions = people
        .map(({ encryption }) => [cms.indexOf(encryption.serialNumber, "hex"), encryption] as const)
        .sort(([a], [b]) => a - b);
      assert.ok(positions.every(([at]) => at > 0));
      orders.add(positions.map(([, { fingerprint }]) => fingerprint).join());
    }
    assert.equal(orders.size, 1);
  });

  it("takes any octets, which come back as they were", async () => {
    const body = String.fromCharCode(...Array.from({ length: 256 }, (_, at) => at)).replace(
      /[\r\n]/g,
      "",
    );
    const message = await encryptMessage(plainMessage({ body }), [
      { certificate: bob.encryption, capabilities: null },
    ]);
    const opened = await openMessage(message, contextOf(bob));
    assert.ok(text(opened.content).endsWith(`\r\n\r\n${body}`));
  });
});

describe("protectionHint", () => {
  const hint = (header: string, body = "") => protectionHint(octets(`${header}\r\n\r\n${body}`));
  const signedStart = "MIIB8AYJKoZIhvcNAQcCoIIB4TCCAd0CAQE";
  const envelopedStart = "MIAGCSqGSIb3DQEHA6CAMIACAQAxggGFMIIB";

  it("goes by the header, whatever its spelling", () => {
    for (const [header, expected] of [
      ["Content-Type: multipart/signed; boundary=b; micalg=sha-256", "signed"],
      ["Content-Type: multipart/signed; boundary=b; protocol=application/pgp-signature", "none"],
      [
        'Content-Type: multipart/signed; boundary=b; protocol="application/x-pkcs7-signature"',
        "signed",
      ],
      ["Content-Type: application/pkcs7-mime; smime-type=signed-data", "signed"],
      ["Content-Type: application/pkcs7-mime; smime-type=certs-only", "signed"],
      ["Content-Type: application/x-pkcs7-mime; smime-type=enveloped-data", "enveloped"],
      ["Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data", "enveloped"],
      ["Content-Type: application/pkcs7-mime", "enveloped"],
      ["Content-Type: application/octet-stream; name=smime.p7m", "enveloped"],
      [
        'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="SMIME.P7M"',
        "enveloped",
      ],
      ["Content-Type: application/octet-stream; name=photo.jpg", "none"],
      ["Content-Type: multipart/mixed; boundary=b", "none"],
      ["Subject: nothing", "none"],
    ] as const) {
      assert.equal(hint(header), expected, header);
    }
  });

  it("believes the content before a missing or wrong smime-type", () => {
    const base64 = "\r\nContent-Transfer-Encoding: base64";
    const type = "Content-Type: application/pkcs7-mime";
    assert.equal(hint(`${type}; smime-type=enveloped-data${base64}`, signedStart), "signed");
    assert.equal(hint(`${type}; smime-type=signed-data${base64}`, envelopedStart), "enveloped");
    assert.equal(hint(type + base64, signedStart), "signed");
  });
});
