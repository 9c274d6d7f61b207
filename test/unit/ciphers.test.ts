import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { desEde3CbcDecrypt } from "../../src/core/ciphers/des-ede3.ts";
import { rc2CbcDecrypt } from "../../src/core/ciphers/rc2.ts";

const bytes = (hex: string): Uint8Array =>
  new Uint8Array(Buffer.from(hex.replace(/\s/g, ""), "hex"));
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const failsToDecrypt = { name: "SmimeError", code: "decryption-failed" };

/** `openssl enc` with the options given; the legacy provider has RC2. */
function opensslEncrypt(cipher: string, key: Uint8Array, iv: Uint8Array, plain: Uint8Array) {
  const args = ["enc", cipher, "-K", hex(key), "-iv", hex(iv)];
  const providers = ["-provider", "legacy", "-provider", "default"];
  return new Uint8Array(
    execFileSync("openssl", [...args, ...providers], { input: plain, maxBuffer: 1 << 25 }),
  );
}

/**
 * A published vector is one block without padding. With the right IV that block comes out as
 * nothing but padding, and with any other it does not.
 */
function assertBlock(
  decrypt: (iv: Uint8Array, data: Uint8Array) => Uint8Array,
  cipher: Uint8Array,
  plain: Uint8Array,
): void {
  const iv = plain.map((octet) => octet ^ 8);
  assert.equal(decrypt(iv, cipher).length, 0);
  for (let bit = 0; bit < 56; bit++) {
    const other = iv.map((octet, at) => (at === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet));
    assert.throws(() => decrypt(other, cipher), failsToDecrypt);
  }
}

describe("triple DES", () => {
  // NIST SP 800-20, tables A.1 and A.2 with three equal keys: variable plaintext, and variable key.
  const vectors = [
    ["0101010101010101", "8000000000000000", "95f8a5e5dd31d900"],
    ["0101010101010101", "0000000000000001", "166b40b44aba4bd6"],
    ["8001010101010101", "0000000000000000", "95a8d72813daa94d"],
    ["0101010101010102", "0000000000000000", "869efd7f9f265a09"],
    ["7ca110454a1a6e57", "01a1d6d039776742", "690f5b0d9a26939b"],
    ["0131d9619dc1376e", "5cd54ca83def57da", "7a389d10354bd271"],
  ] as const;
  for (const [key, plain, cipher] of vectors)
    it(`decrypts the vector ${cipher}`, () => {
      const decrypt = (iv: Uint8Array, data: Uint8Array) =>
        desEde3CbcDecrypt(bytes(key.repeat(3)), iv, data);
      assertBlock(decrypt, bytes(cipher), bytes(plain));
    });

  it("decrypts what OpenSSL encrypts, for every length around the blocks", () => {
    for (let length = 0; length <= 17; length++) {
      const [key, iv, plain] = [randomBytes(24), randomBytes(8), randomBytes(length)];
      const cipher = opensslEncrypt("-des-ede3-cbc", key, iv, plain);
      assert.equal(hex(desEde3CbcDecrypt(key, iv, cipher)), hex(plain));
    }
  });

  it("decrypts a large message as OpenSSL does, at megabytes per second", () => {
    const [key, iv, plain] = [randomBytes(24), randomBytes(8), randomBytes(4_000_000)];
    const cipher = opensslEncrypt("-des-ede3-cbc", key, iv, plain);
    const started = performance.now();
    const decrypted = desEde3CbcDecrypt(key, iv, cipher);
    assert.ok(performance.now() - started < 10_000);
    assert.ok(plain.equals(decrypted));
  });
});

describe("RC2", () => {
  // RFC 2268, section 5: key, effective bits, plaintext, ciphertext.
  const longKey = "88bca90e90875a7f0f79c384627bafb2";
  const vectors = [
    ["0000000000000000", 63, "0000000000000000", "ebb773f993278eff"],
    ["ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"],
    ["3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"],
    ["88", 64, "0000000000000000", "61a8a244adacccf0"],
    ["88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"],
    [longKey, 64, "0000000000000000", "1a807d272bbe5db1"],
    [longKey, 128, "0000000000000000", "2269552ab0f85ca6"],
    [`${longKey}16f80a6f85920584c42fceb0be255daf1e`, 129, "0000000000000000", "5b78d3a43dfff1f1"],
  ] as const;
  for (const [key, bits, plain, cipher] of vectors)
    it(`decrypts the vector ${cipher}`, () => {
      const decrypt = (iv: Uint8Array, data: Uint8Array) =>
        rc2CbcDecrypt(bytes(key), bits, iv, data);
      assertBlock(decrypt, bytes(cipher), bytes(plain));
    });

  for (const [cipherName, length, bits] of [
    ["-rc2-cbc", 16, 128],
    ["-rc2-40-cbc", 5, 40],
  ] as const)
    it(`decrypts what OpenSSL encrypts with ${cipherName}`, () => {
      for (const size of [0, 1, 7, 8, 9, 1000]) {
        const [key, iv, plain] = [randomBytes(length), randomBytes(8), randomBytes(size)];
        const cipher = opensslEncrypt(cipherName, key, iv, plain);
        assert.equal(hex(rc2CbcDecrypt(key, bits, iv, cipher)), hex(plain));
      }
    });
});

describe("what cannot be decrypted", () => {
  const key = new Uint8Array(24).fill(1);
  const iv = new Uint8Array(8);
  const ciphers = {
    "triple DES": (vector: Uint8Array, data: Uint8Array) => desEde3CbcDecrypt(key, vector, data),
    RC2: (vector: Uint8Array, data: Uint8Array) => rc2CbcDecrypt(key, 128, vector, data),
  };
  for (const [name, decrypt] of Object.entries(ciphers)) {
    it(`${name}: no data, a broken block, an IV of another length`, () => {
      assert.throws(() => decrypt(iv, new Uint8Array(0)), failsToDecrypt);
      assert.throws(() => decrypt(iv, new Uint8Array(9)), failsToDecrypt);
      assert.throws(() => decrypt(new Uint8Array(7), new Uint8Array(8)), failsToDecrypt);
    });
  }
  it("triple DES: padding of nine, of none, and uneven padding", () => {
    for (const end of ["0909090909090909", "0000000000000000", "0000000000000203"]) {
      const args = ["enc", "-des-ede3-cbc", "-nopad", "-K", hex(key), "-iv", hex(iv)];
      const cipher = execFileSync("openssl", args, { input: bytes("09".repeat(8) + end) });
      assert.throws(() => desEde3CbcDecrypt(key, iv, cipher), failsToDecrypt);
    }
  });
  it("keys of another length", () => {
    const data = new Uint8Array(8);
    assert.throws(() => desEde3CbcDecrypt(new Uint8Array(16), iv, data), failsToDecrypt);
    assert.throws(() => rc2CbcDecrypt(new Uint8Array(0), 40, iv, data), failsToDecrypt);
    assert.throws(() => rc2CbcDecrypt(new Uint8Array(5), 1025, iv, data), failsToDecrypt);
  });
});
