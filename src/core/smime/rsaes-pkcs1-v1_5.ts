import { concatOctets, randomOctets } from "../octets.ts";
import {
  rsaPrivateOperation,
  rsaPublicOperation,
  type RsaPrivateKey,
  type RsaPublicKey,
} from "./rsa-keys.ts";

/**
 * RSAES-PKCS1-v1_5 (RFC 8017, section 7.2) for content-encryption keys.
 *
 * How much decrypting tells about the padding: nothing by its result (implicit rejection), and no
 * branch, table or length depends on what the block holds. The exponentiation is blinded, so that its
 * time does not depend on the ciphertext. More than that JavaScript does not permit: the arithmetic of
 * BigInt, and its conversion to octets, take time that depends a little on the size of the numbers.
 */

/** Leading zero, block type, eight random octets at least, and the zero that ends them. */
const OVERHEAD = 11;

/**
 * Wraps a content-encryption key.
 * @throws RangeError if the key is longer than the modulus permits
 */
export function encryptKey(recipient: RsaPublicKey, key: Uint8Array): Uint8Array {
  const paddingLength = recipient.octets - key.length - 3;
  if (key.length > recipient.octets - OVERHEAD)
    throw new RangeError("key too long for this modulus");
  const padding = randomOctets(paddingLength);
  for (let index = 0; index < padding.length; index++) {
    while (padding[index] === 0) padding.set(randomOctets(1), index);
  }
  return rsaPublicOperation(
    recipient,
    concatOctets(Uint8Array.of(0, 2), padding, Uint8Array.of(0), key),
  );
}

/**
 * Unwraps a content-encryption key of `keyLength` octets with implicit rejection (RFC 8017, section
 * 7.2.2 note; RFC 3218, section 2.3): whatever is wrong with the block, the answer is a random key
 * of that length, so that the failure shows only where any wrong key's would. Never throws for
 * what a sender can do.
 */
export function decryptKey(
  recipient: RsaPrivateKey,
  encryptedKey: Uint8Array,
  keyLength: number,
): Uint8Array {
  const substitute = randomOctets(keyLength);
  const block = rsaPrivateOperation(recipient, encryptedKey);
  // The length of the ciphertext and its being below the modulus are public.
  if (block === null || keyLength > recipient.octets - OVERHEAD) return substitute;
  const keyStart = block.length - keyLength;
  let wrong = (block[0] ?? 0) | ((block[1] ?? 0) ^ 2) | (block[keyStart - 1] ?? 0);
  for (let index = 2; index < keyStart - 1; index++) wrong |= isZero(block[index] ?? 0);
  // All ones if anything was wrong, else zero; the octets are chosen without a branch.
  const mask = (isZero(wrong) - 1) & 0xff;
  return substitute.map(
    (octet, index) => (octet & mask) | ((block[keyStart + index] ?? 0) & ~mask),
  );
}

/** 1 for zero and 0 for any other octet, without a branch. */
function isZero(octet: number): number {
  return ((octet - 1) >>> 31) & 1;
}
