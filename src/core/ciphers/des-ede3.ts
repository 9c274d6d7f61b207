import { SmimeError } from "../errors.ts";
import { cbcDecrypt, cbcDecryptBlocks, type BlockDecryption } from "./cbc.ts";

/**
 * Triple DES (NIST SP 800-67), to decrypt only: old mail and old key files have it, WebCrypto has
 * not. Table-driven, so not constant-time.
 */

/** Rows of the S-boxes, one hexadecimal digit per entry. */
const S_BOXES = [
  "e4d12fb83a6c59070f74e2d1a6cb953841e8d62bfc973a50fc8249175b3ea06d",
  "f18e6b34972dc05a3d47f28ec01a69b50e7ba4d158c6932fd8a13f42b67c05e9",
  "a09e63f51dc7b428d709346a285ecbf1d6498f30b12c5ae71ad069874fe3b52c",
  "7de3069a1285bc4fd8b56f03472c1ae9a690cb7df13e52843f06a1d8945bc72e",
  "2c417ab6853fd0e9eb2c47d150fa3986421bad78f9c5630eb8c71e2d6f09a453",
  "c1af92680d34e75baf427c9561de0b389ef528c3704a1db6432c95fabe17608d",
  "4b2ef08d3c975a61d0b7491ae35c2f8614bdc37eaf6805926bd814a7950fe23c",
  "d2846fb1a93e50c71fd8a374c56b0e927b419ce206adf35821e74a8dfc90356b",
];

// Bits are numbered from 1 at the high end, as in the standard.
const P = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13,
  30, 6, 22, 11, 4, 25,
];
const PC1 = [
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60,
  52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21,
  13, 5, 28, 20, 12, 4,
];
const PC2 = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52,
  31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];
const SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];

/** Substitution and permutation in one: 64 words for each S-box in turn. */
const SP = substitutionTables();

function substitutionTables(): Int32Array {
  const tables = new Int32Array(512);
  S_BOXES.forEach((rows, box) => {
    for (let input = 0; input < 64; input++) {
      const row = ((input >> 4) & 2) | (input & 1);
      const value = parseInt(rows[row * 16 + ((input >> 1) & 15)] ?? "", 16) << (28 - 4 * box);
      let permuted = 0;
      P.forEach((from, to) => {
        permuted |= ((value >>> (32 - from)) & 1) << (31 - to);
      });
      tables[box * 64 + input] = permuted;
    }
  });
  return tables;
}

/**
 * Two words per round: the six-bit pieces for S-boxes 1, 3, 5, 7 and those for 2, 4, 6, 8, each
 * where the rotated half block has them.
 */
function keySchedule(key: Uint8Array): [number, number][] {
  const bit = (number: number): number =>
    ((key[(number - 1) >> 3] ?? 0) >> (7 - ((number - 1) & 7))) & 1;
  const halves = PC1.map(bit);
  let rotated = 0;
  return SHIFTS.map((shift) => {
    rotated += shift;
    const chosen = PC2.map((number) => {
      const half = number > 28 ? 28 : 0;
      return halves[half + ((number - half - 1 + rotated) % 28)] ?? 0;
    });
    const words: [number, number] = [0, 0];
    for (let box = 0; box < 8; box++) {
      const piece = chosen.slice(box * 6, box * 6 + 6).reduce((value, one) => value * 2 + one, 0);
      words[box % 2 === 0 ? 0 : 1] |= piece << (26 - 8 * (box >> 1));
    }
    return words;
  });
}

function feistel(half: number, odd: number, even: number): number {
  const a = ((half >>> 1) | (half << 31)) ^ odd;
  const b = ((half << 3) | (half >>> 29)) ^ even;
  return (
    (SP[a >>> 26] ?? 0) ^
    (SP[64 + (b >>> 26)] ?? 0) ^
    (SP[128 + ((a >>> 18) & 63)] ?? 0) ^
    (SP[192 + ((b >>> 18) & 63)] ?? 0) ^
    (SP[256 + ((a >>> 10) & 63)] ?? 0) ^
    (SP[320 + ((b >>> 10) & 63)] ?? 0) ^
    (SP[384 + ((a >>> 2) & 63)] ?? 0) ^
    (SP[448 + ((b >>> 2) & 63)] ?? 0)
  );
}

/**
 * The initial permutation once before and its inverse once after all 48 rounds: between the three
 * passes they cancel out.
 */
function decryptBlock(words: Int32Array, rounds: Int32Array): void {
  let left = words[0] ?? 0;
  let right = words[1] ?? 0;
  let swap = ((left >>> 4) ^ right) & 0x0f0f0f0f;
  right ^= swap;
  left ^= swap << 4;
  swap = ((left >>> 16) ^ right) & 0xffff;
  right ^= swap;
  left ^= swap << 16;
  swap = ((right >>> 2) ^ left) & 0x33333333;
  left ^= swap;
  right ^= swap << 2;
  swap = ((right >>> 8) ^ left) & 0x00ff00ff;
  left ^= swap;
  right ^= swap << 8;
  swap = ((left >>> 1) ^ right) & 0x55555555;
  right ^= swap;
  left ^= swap << 1;

  for (let pass = 0; pass < 96; pass += 32) {
    for (let at = pass; at < pass + 32; at += 4) {
      left ^= feistel(right, rounds[at] ?? 0, rounds[at + 1] ?? 0);
      right ^= feistel(left, rounds[at + 2] ?? 0, rounds[at + 3] ?? 0);
    }
    [left, right] = [right, left];
  }

  swap = ((left >>> 1) ^ right) & 0x55555555;
  right ^= swap;
  left ^= swap << 1;
  swap = ((right >>> 8) ^ left) & 0x00ff00ff;
  left ^= swap;
  right ^= swap << 8;
  swap = ((right >>> 2) ^ left) & 0x33333333;
  left ^= swap;
  right ^= swap << 2;
  swap = ((left >>> 16) ^ right) & 0xffff;
  right ^= swap;
  left ^= swap << 16;
  swap = ((left >>> 4) ^ right) & 0x0f0f0f0f;
  right ^= swap;
  left ^= swap << 4;
  words[0] = left;
  words[1] = right;
}

/**
 * des-EDE3-CBC (RFC 3370, section 5.1), padding removed.
 * @param key 24 octets; parity bits are not looked at
 * @param iv 8 octets
 * @throws SmimeError decryption-failed for a wrong key, length or padding
 */
export function desEde3CbcDecrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return cbcDecrypt(blockDecryption(key), iv, data);
}

/** The same for whole blocks without padding. @throws SmimeError decryption-failed */
export function desEde3CbcBlocks(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return cbcDecryptBlocks(blockDecryption(key), iv, data);
}

function blockDecryption(key: Uint8Array): BlockDecryption {
  if (key.length !== 24) throw new SmimeError("decryption-failed", { detail: "key length" });
  const [first, second, third] = [0, 8, 16].map((at) => keySchedule(key.subarray(at, at + 8)));
  const rounds = Int32Array.from(
    [...(third ?? []).reverse(), ...(second ?? []), ...(first ?? []).reverse()].flat(),
  );
  return (words) => {
    decryptBlock(words, rounds);
  };
}
