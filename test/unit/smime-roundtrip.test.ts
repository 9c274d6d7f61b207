import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openMessage, protectionHint } from "../../src/core/smime/open.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { ciphers, publicKeys } from "../../src/core/asn1/oids.ts";
import {
  alice,
  bob,
  carlos,
  contextOf,
  dana,
  signerOf,
  type Identity,
} from "../support/identities.ts";
import { plainMessage, text } from "../support/messages.ts";

const signingTime = new Date("2026-06-01T11:58:03Z");

function signedBy(identity: Identity, body?: string): Promise<Uint8Array> {
  const message = plainMessage({ from: identity.address, ...(body === undefined ? {} : { body }) });
  return signMessage(message, signerOf(identity), { signingTime });
}

describe("a signed message", () => {
  for (const [name, identity, algorithm] of [
    ["RSA", alice, "RSA PKCS#1 v1.5 with SHA-256"],
    ["Ed25519", carlos, "Ed25519"],
  ] as const) {
    it(`verifies with ${name} and tells everything about the signer`, async () => {
      const opened = await openMessage(await signedBy(identity), contextOf(bob));
      assert.equal(opened.signature.reason, null);
      assert.equal(opened.signature.verdict, "valid");
      assert.equal(opened.protection, "signed");
      assert.equal(opened.signature.algorithm, algorithm);
      assert.equal(opened.signature.coversWholeMessage, true);
      assert.deepEqual(opened.signature.signedAt, signingTime);
      assert.equal(opened.signature.path?.ok, true);
      assert.equal(opened.signature.signer?.fingerprint, identity.signing.fingerprint);
      assert.equal(opened.certificates[0]?.fingerprint, identity.signing.fingerprint);
      assert.equal(opened.encryptionCertificate?.fingerprint, identity.encryption.fingerprint);
      assert.ok(opened.capabilities !== null);
      assert.ok(opened.capabilities.algorithms.includes(ciphers.aes256Gcm));
      assert.equal(
        opened.capabilities.algorithms.includes(publicKeys.rsaesOaep),
        identity === alice,
      );
      assert.equal(opened.encryption.verdict, "none");
      assert.match(text(opened.content), /Subject: Lunch\r\n/);
      assert.match(text(opened.content), /\r\n\r\nShall we meet at noon\?\r\n$/);
    });
  }

  it("keeps the outer header in place, byte for byte, repeats it inside and moves the structure there", async () => {
    const message = text(await signedBy(alice));
    const [outer = ""] = message.split("\r\nContent-Type: multipart/signed");
    assert.equal(
      outer,
      [
        "Message-ID: <b51ffe2a@smime.example>",
        "Date: Mon, 1 Jun 2026 11:58:00 +0000",
        "MIME-Version: 1.0",
        "To: Bob Babbage <bob@smime.example>",
        "From: alice@smime.example",
        "Subject: Lunch",
      ].join("\r\n"),
    );
    assert.match(message, /protocol="application\/pkcs7-signature";\r\n micalg=sha-256;/);
    const [, inner = ""] = message.split(/\r\n--=_\w+\r\n/);
    assert.equal(
      inner,
      [
        ...outer.split("\r\n").filter((line) => line !== "MIME-Version: 1.0"),
        "MIME-Version: 1.0",
        "Content-Language: en-US",
        "Content-Type: text/plain; charset=UTF-8; format=flowed;",
        ' hp="clear"',
        "Content-Transfer-Encoding: 7bit",
        "",
        "Shall we meet at noon?\r\n",
      ].join("\r\n"),
    );
  });
});

describe("a signature longer than the room that is kept for it", () => {
  it("stands whole behind what it signs", async () => {
    const copies = Array.from({ length: 60 }, (_, index) => ({
      ...bob.signing,
      fingerprint: `copy ${index}`,
    }));
    const signed = await signMessage(
      plainMessage(),
      { ...signerOf(alice), chain: copies },
      { signingTime },
    );
    assert.ok(signed.length > 1 << 16);
    const { signature } = await openMessage(signed, contextOf(bob));
    assert.equal(signature.verdict, "valid");
  });
});

describe("an encrypted message", () => {
  const everyone = [alice, bob, carlos, dana];
  for (const reader of everyone) {
    it(`opens for each recipient: ${reader.address}`, async () => {
      const encrypted = await encryptMessage(
        plainMessage(),
        everyone.map(({ encryption }) => ({ certificate: encryption, capabilities: null })),
      );
      const opened = await openMessage(encrypted, contextOf(reader));
      assert.equal(opened.encryption.verdict, "decrypted");
      assert.equal(opened.encryption.cipher, "aes-256-cbc");
      assert.equal(opened.encryption.authenticated, false);
      assert.equal(opened.encryption.weak, false);
      assert.deepEqual([...opened.encryption.keyManagement].sort(), [
        "rsaes-pkcs1-v1_5",
        "rsaes-pkcs1-v1_5",
        "x25519",
        "x25519",
      ]);
      assert.equal(opened.decryptedWith?.fingerprint, reader.encryption.fingerprint);
      assert.equal(opened.protection, "encrypted");
      assert.equal(opened.signature.verdict, "none");
      assert.match(text(opened.content), /\r\n\r\nShall we meet at noon\?\r\n$/);
    });
  }

  it("hides the content and its structure", async () => {
    const encrypted = text(
      await encryptMessage(plainMessage(), [{ certificate: bob.encryption, capabilities: null }]),
    );
    const [header = ""] = encrypted.split("\r\n\r\n");
    assert.doesNotMatch(header, /Lunch/);
    assert.doesNotMatch(encrypted, /Shall we meet|text\/plain|Content-Language/);
    assert.match(encrypted, /\r\nSubject: \[\.\.\.\]\r\n/);
    assert.match(encrypted, /smime-type=enveloped-data/);
  });

  it("uses what everyone announced, and the least where one did not", async () => {
    const capable = { algorithms: [ciphers.aes256Gcm, publicKeys.rsaesOaep] };
    const recipient = (identity: Identity, capabilities: typeof capable | null) => ({
      certificate: identity.encryption,
      capabilities,
    });
    const best = await openMessage(
      await encryptMessage(plainMessage(), [recipient(alice, capable), recipient(bob, capable)]),
      contextOf(bob),
    );
    assert.equal(best.encryption.cipher, "aes-256-gcm");
    assert.equal(best.encryption.authenticated, true);
    assert.deepEqual(best.encryption.keyManagement, ["rsaes-oaep", "rsaes-oaep"]);
    assert.equal(best.protection, "encrypted");
    const mixed = await openMessage(
      await encryptMessage(plainMessage(), [recipient(alice, capable), recipient(bob, null)]),
      contextOf(bob),
    );
    assert.equal(mixed.encryption.cipher, "aes-256-cbc");
    assert.deepEqual([...mixed.encryption.keyManagement].sort(), [
      "rsaes-oaep",
      "rsaes-pkcs1-v1_5",
    ]);
  });

  it("names a recipient once, wherever they stand", async () => {
    const one = { certificate: bob.encryption, capabilities: null };
    const other = { certificate: alice.encryption, capabilities: null };
    const opened = await openMessage(
      await encryptMessage(plainMessage(), [one, other, one]),
      contextOf(bob),
    );
    assert.equal(opened.encryption.keyManagement.length, 2);
  });

  it("that was signed first is both", async () => {
    const encrypted = await encryptMessage(await signedBy(alice), [
      { certificate: bob.encryption, capabilities: null },
      { certificate: alice.encryption, capabilities: null },
    ]);
    assert.equal(protectionHint(encrypted), "enveloped");
    const opened = await openMessage(encrypted, contextOf(bob));
    assert.equal(opened.protection, "signed-and-encrypted");
    assert.equal(opened.signature.verdict, "valid");
    assert.equal(opened.encryption.authenticated, true);
    assert.deepEqual(
      opened.layers.map(({ kind }) => kind),
      ["encrypted", "signed"],
    );
    assert.match(text(opened.content), /\r\n\r\nShall we meet at noon\?\r\n$/);
    assert.equal(opened.encryptionCertificate?.fingerprint, alice.encryption.fingerprint);
  });

  it("for somebody else is a value, and no key is asked for", async () => {
    const encrypted = await encryptMessage(plainMessage(), [
      { certificate: alice.encryption, capabilities: null },
    ]);
    const opened = await openMessage(encrypted, {
      ...contextOf(bob),
      privateKey: () => assert.fail("asked for a key"),
    });
    assert.equal(opened.encryption.verdict, "no-key");
    assert.equal(opened.encryption.reason, "no-matching-key");
    assert.equal(opened.content, null);
    assert.equal(opened.protection, "none");
  });
});

describe("protectionHint", () => {
  it("sees what a message is without opening it", async () => {
    assert.equal(protectionHint(plainMessage()), "none");
    assert.equal(protectionHint(await signedBy(alice)), "signed");
  });
});
