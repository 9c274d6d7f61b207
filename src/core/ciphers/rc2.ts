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

const ROTATIONS = [1, 2, 3, 5] as const;

/** Section 4: the mixing rounds backwards, with a mashing round after the fifth and the eleventh. */
function decryptBlock(words: Int32Array, key: Uint16Array): void {
  const r = littleEndianWords(words);
  const at = (index: number): number => r[index & 3] ?? 0;
  for (let round = 15; round >= 0; round--) {
    for (let i = 3; i >= 0; i--) {
      const rotation = ROTATIONS[i] ?? 0;
      const rotated = (at(i) >>> rotation) | (at(i) << (16 - rotation));
      r[i] =
        rotated - (key[4 * round + i] ?? 0) - (at(i + 3) & at(i + 2)) - (~at(i + 3) & at(i + 1));
    }
    if (round === 11 || round === 5)
      for (let i = 3; i >= 0; i--) r[i] = at(i) - (key[at(i + 3) & 63] ?? 0);
  }
  words[0] = (swapped(at(0)) << 16) | swapped(at(1));
  words[1] = (swapped(at(2)) << 16) | swapped(at(3));
}

function littleEndianWords(words: Int32Array): Uint16Array {
  const [high = 0, low = 0] = words;
  return Uint16Array.of(
    swapped(high >>> 16),
    swapped(high & 0xffff),
    swapped(low >>> 16),
    swapped(low & 0xffff),
  );
}

function swapped(word: number): number {
  return ((word & 0xff) << 8) | (word >>> 8);
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
