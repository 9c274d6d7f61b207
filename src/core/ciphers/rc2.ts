import { SmimeError } from "../errors.ts";
import { cbcDecrypt } from "./cbc.ts";

/** RC2 (RFC 2268), to decrypt only: key files of older programs have it, WebCrypto has not. */

const PI_TABLE = Uint8Array.from(
  (
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2" +
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82" +
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626" +
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7" +
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec" +
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731" +
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9" +
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
  )
    .match(/../g)
    ?.map((octet) => parseInt(octet, 16)) ?? [],
);

const pi = (index: number): number => PI_TABLE[index & 0xff] ?? 0;

/** RFC 2268, section 2: 64 words of 16 bits. */
function expandKey(key: Uint8Array, effectiveKeyBits: number): Uint16Array {
  const octets = new Uint8Array(128);
  octets.set(key);
  const at = (index: number): number => octets[index] ?? 0;
  for (let index = key.length; index < 128; index++)
    octets[index] = pi(at(index - 1) + at(index - key.length));
  const effectiveOctets = (effectiveKeyBits + 7) >> 3;
  const mask = 0xff >> (8 * effectiveOctets - effectiveKeyBits);
  octets[128 - effectiveOctets] = pi(at(128 - effectiveOctets) & mask);
  for (let index = 127 - effectiveOctets; index >= 0; index--)
    octets[index] = pi(at(index + 1) ^ at(index + effectiveOctets));
  return Uint16Array.from({ length: 64 }, (_, word) => at(2 * word) | (at(2 * word + 1) << 8));
}

/**
 * Section 4: the mixing rounds backwards, with a mashing round after the fifth and the eleventh.
 * Four words by name, since this runs for every eight octets.
 */
function decryptBlock(words: Int32Array, key: Uint16Array): void {
  const high = swapOctets(words[0] ?? 0);
  const low = swapOctets(words[1] ?? 0);
  let r0 = high >>> 16;
  let r1 = high & 0xffff;
  let r2 = low >>> 16;
  let r3 = low & 0xffff;
  for (let at = 60; at >= 0; at -= 4) {
    r3 = ((r3 >>> 5) | (r3 << 11)) - (key[at + 3] ?? 0) - (r2 & r1) - (~r2 & r0);
    r3 &= 0xffff;
    r2 = ((r2 >>> 3) | (r2 << 13)) - (key[at + 2] ?? 0) - (r1 & r0) - (~r1 & r3);
    r2 &= 0xffff;
    r1 = ((r1 >>> 2) | (r1 << 14)) - (key[at + 1] ?? 0) - (r0 & r3) - (~r0 & r2);
    r1 &= 0xffff;
    r0 = ((r0 >>> 1) | (r0 << 15)) - (key[at] ?? 0) - (r3 & r2) - (~r3 & r1);
    r0 &= 0xffff;
    if (at !== 44 && at !== 20) continue;
    r3 = (r3 - (key[r2 & 63] ?? 0)) & 0xffff;
    r2 = (r2 - (key[r1 & 63] ?? 0)) & 0xffff;
    r1 = (r1 - (key[r0 & 63] ?? 0)) & 0xffff;
    r0 = (r0 - (key[r3 & 63] ?? 0)) & 0xffff;
  }
  words[0] = swapOctets((r0 << 16) | r1);
  words[1] = swapOctets((r2 << 16) | r3);
}

/** In each half of the word: RC2 reads its words little-endian. */
function swapOctets(word: number): number {
  return ((word & 0x00ff00ff) << 8) | ((word >>> 8) & 0x00ff00ff);
}

/**
 * RC2 in CBC mode (RFC 2268, section 6), padding removed.
 * @param key 1 to 128 octets
 * @param effectiveKeyBits 1 to 1024
 * @param iv 8 octets
 * @throws SmimeError decryption-failed for a wrong key, length or padding
 */
export function rc2CbcDecrypt(
  key: Uint8Array,
  effectiveKeyBits: number,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const possible = effectiveKeyBits >= 1 && effectiveKeyBits <= 1024;
  if (key.length < 1 || key.length > 128 || !possible)
    throw new SmimeError("decryption-failed", { detail: "key length" });
  const expanded = expandKey(key, effectiveKeyBits);
  return cbcDecrypt(
    (words) => {
      decryptBlock(words, expanded);
    },
    iv,
    data,
  );
}
