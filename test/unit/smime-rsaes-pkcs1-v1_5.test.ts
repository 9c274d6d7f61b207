import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createPrivateKey, privateDecrypt, constants, generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { readRsaPrivateKey, readRsaPublicKey } from "../../src/core/smime/rsa-keys.ts";
import { decryptKey, encryptKey } from "../../src/core/smime/rsaes-pkcs1-v1_5.ts";

interface Vectors {
  readonly numberOfTests: number;
  readonly testGroups: readonly {
    readonly privateKeyPkcs8: string;
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly ct: string;
      readonly msg: string;
      readonly result: "valid" | "invalid" | "acceptable";
    }[];
  }[];
}

const octets = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

for (const bits of [2048, 3072, 4096]) {
  describe(`Wycheproof RSAES-PKCS1-v1_5, ${bits} bits`, () => {
    const file = new URL(`../vectors/wycheproof/rsa_pkcs1_${bits}_test.json`, import.meta.url);
    const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
    let seen = 0;
    for (const group of vectors.testGroups) {
      const key = readRsaPrivateKey(octets(group.privateKeyPkcs8));
      for (const { tcId, comment, ct, msg, result } of group.tests) {
        seen++;
        it(`${tcId}: ${comment} (${result})`, () => {
          const expected = octets(msg);
          if (result === "valid") {
            assert.deepEqual(decryptKey(key, octets(ct), expected.length), expected);
            return;
          }
          // Implicit rejection: an answer of the wanted length that is another one each time.
          const first = decryptKey(key, octets(ct), 32);
          assert.equal(first.length, 32);
          assert.notDeepEqual(first, decryptKey(key, octets(ct), 32));
        });
      }
    }
    it("are all there", () => {
      assert.equal(seen, vectors.numberOfTests);
    });
  });
}

describe("RSAES-PKCS1-v1_5", () => {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pkcs8 = new Uint8Array(pair.privateKey.export({ type: "pkcs8", format: "der" }));
  const spki = new Uint8Array(pair.publicKey.export({ type: "spki", format: "der" }));
  const key = octets("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");

  it("encrypts what OpenSSL decrypts, never twice the same", () => {
    const first = encryptKey(readRsaPublicKey(spki), key);
    const second = encryptKey(readRsaPublicKey(spki), key);
    assert.notDeepEqual(first, second);
    for (const encrypted of [first, second]) {
      // Without padding, since Node refuses PKCS#1 v1.5: the block itself is looked at.
      const block = privateDecrypt(
        {
          key: createPrivateKey(pair.privateKey.export({ type: "pkcs8", format: "pem" })),
          padding: constants.RSA_NO_PADDING,
        },
        encrypted,
      );
      assert.deepEqual([...block.subarray(0, 2)], [0, 2]);
      assert.equal(block.indexOf(0, 2), 256 - 33);
      assert.deepEqual(new Uint8Array(block.subarray(-32)), key);
    }
    assert.deepEqual(decryptKey(readRsaPrivateKey(pkcs8), first, 32), key);
  });

  it("takes a key of another length than the cipher's for a wrong one", () => {
    const encrypted = encryptKey(readRsaPublicKey(spki), key);
    const answer = decryptKey(readRsaPrivateKey(pkcs8), encrypted, 16);
    assert.equal(answer.length, 16);
    assert.notDeepEqual(answer, key.subarray(0, 16));
    assert.notDeepEqual(answer, key.subarray(16));
  });

  it("does not take keys that leave no room for padding", () => {
    assert.throws(() => encryptKey(readRsaPublicKey(spki), new Uint8Array(246)), RangeError);
    assert.equal(decryptKey(readRsaPrivateKey(pkcs8), new Uint8Array(256), 250).length, 250);
  });
});
