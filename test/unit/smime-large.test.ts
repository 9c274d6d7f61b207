import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ciphers } from "../../src/core/asn1/oids.ts";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import { openMessage } from "../../src/core/smime/open.ts";
import { signMessage } from "../../src/core/smime/sign.ts";
import { alice, bob, contextOf, now, signerOf } from "../support/identities.ts";
import { plainMessage, text } from "../support/messages.ts";

/** Bulk content must cost what the primitives cost, not what an object model of it would. */
const MEGABYTES = 25;

const line = `${"A quick brown fox jumps over the lazy dog. ".repeat(2).slice(0, 76)}\r\n`;
const message = plainMessage({ body: line.repeat(Math.ceil((MEGABYTES * 1e6) / line.length)) });

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

describe(`${MEGABYTES} MB`, () => {
  for (const cipher of ["AES-CBC", "AES-GCM"] as const) {
    it(`are signed, encrypted, decrypted and verified: ${cipher}`, async (test) => {
      // The same run's bare primitives: what no implementation can save.
      const key = await crypto.subtle.generateKey({ name: cipher, length: 256 }, false, [
        "encrypt",
      ]);
      const content = message as Uint8Array<ArrayBuffer>;
      const [, bare] = await timed(async () => {
        const iv = new Uint8Array(cipher === "AES-GCM" ? 12 : 16);
        const encrypted = await crypto.subtle.encrypt({ name: cipher, iv }, key, content);
        await crypto.subtle.digest("SHA-256", content);
        return Buffer.from(encrypted).toString("base64");
      });
      const capabilities = cipher === "AES-GCM" ? { algorithms: [ciphers.aes256Gcm] } : null;
      const recipients = [alice, bob].map(({ encryption }) => ({
        certificate: encryption,
        capabilities,
      }));
      const [signed, signing] = await timed(() =>
        signMessage(message, signerOf(alice), { signingTime: now }),
      );
      const [encrypted, encrypting] = await timed(() => encryptMessage(signed, recipients));
      const [opened, opening] = await timed(() => openMessage(encrypted, contextOf(bob)));
      const ms = (time: number) => `${Math.round(time)} ms`;
      test.diagnostic(
        `cipher, digest and base64 alone ${ms(bare)}; sign ${ms(signing)}, encrypt ${ms(encrypting)}, decrypt and verify ${ms(opening)}`,
      );
      assert.equal(opened.protection, "signed-and-encrypted");
      assert.equal(opened.encryption.cipher, cipher === "AES-GCM" ? "aes-256-gcm" : "aes-256-cbc");
      assert.ok(text(opened.content?.subarray(-line.length) ?? null) === line);
      // A full object tree of the content takes some forty times the primitives' time.
      assert.ok(encrypting + opening < 30 * Math.max(bare, 50), "bulk content is taken apart");
    });
  }
});
