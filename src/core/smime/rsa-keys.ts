import {
  partsOf,
  readTlv,
  tags,
  contentOf,
  expectTag,
  expectOctets,
  type Tlv,
} from "../asn1/tlv.ts";
import { bitStringIn } from "../asn1/values.ts";
import { randomOctets } from "../octets.ts";

/** The raw RSA operations (RFC 8017, sections 5.1 and 5.2), for the schemes that WebCrypto lacks. */

export interface RsaPublicKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
  /** Length of the modulus, and so of every block, in octets. */
  readonly octets: number;
}

export interface RsaPrivateKey extends RsaPublicKey {
  readonly prime1: bigint;
  readonly prime2: bigint;
  readonly exponent1: bigint;
  readonly exponent2: bigint;
  readonly coefficient: bigint;
}

/** @throws SmimeError cms-malformed if it is no SubjectPublicKeyInfo of an RSA key */
export function readRsaPublicKey(spki: Uint8Array): RsaPublicKey {
  const [, key] = partsOf(readTlv(spki), tags.sequence);
  const [modulus, exponent] = partsOf(readTlv(bitStringIn(key)), tags.sequence);
  return publicKey(integer(modulus), integer(exponent));
}

/** @throws SmimeError cms-malformed if it is no PrivateKeyInfo of an RSA key */
export function readRsaPrivateKey(pkcs8: Uint8Array): RsaPrivateKey {
  const [, , key] = partsOf(readTlv(pkcs8), tags.sequence);
  const [, modulus, exponent, , prime1, prime2, exponent1, exponent2, coefficient] = partsOf(
    readTlv(expectOctets(key)),
    tags.sequence,
  );
  return {
    ...publicKey(integer(modulus), integer(exponent)),
    prime1: integer(prime1),
    prime2: integer(prime2),
    exponent1: integer(exponent1),
    exponent2: integer(exponent2),
    coefficient: integer(coefficient),
  };
}

/** RSAEP. `block` has the modulus's length and is smaller than it. */
export function rsaPublicOperation(key: RsaPublicKey, block: Uint8Array): Uint8Array {
  return toOctets(power(toInteger(block), key.exponent, key.modulus), key.octets);
}

/** Whether `block` is a number that the operations take, in exactly the modulus's length. */
export function isRepresentative(key: RsaPublicKey, block: Uint8Array): boolean {
  return block.length === key.octets && toInteger(block) < key.modulus;
}

/**
 * RSADP with the Chinese remainder theorem, blinded: the exponentiations, whose time depends on
 * their operands, never see a value that the sender of the message chose. null if `block` is not
 * a number below the modulus in exactly the modulus's length.
 */
export function rsaPrivateOperation(key: RsaPrivateKey, block: Uint8Array): Uint8Array | null {
  if (!isRepresentative(key, block)) return null;
  const message = toInteger(block);
  const { blind, unblind } = blindingFactors(key);
  const blinded = (message * blind) % key.modulus;
  const part1 = power(blinded % key.prime1, key.exponent1, key.prime1);
  const part2 = power(blinded % key.prime2, key.exponent2, key.prime2);
  const difference = (part1 - (part2 % key.prime1) + key.prime1) % key.prime1;
  const combined = part2 + key.prime2 * ((key.coefficient * difference) % key.prime1);
  // A miscalculated half would give the primes away to whoever sees the result.
  if (power(combined, key.exponent, key.modulus) !== blinded) return null;
  return toOctets((combined * unblind) % key.modulus, key.octets);
}

function blindingFactors(key: RsaPrivateKey): { blind: bigint; unblind: bigint } {
  for (;;) {
    const random = toInteger(randomOctets(key.octets)) % key.modulus;
    const unblind = inverse(random, key.modulus);
    if (unblind !== null) return { blind: power(random, key.exponent, key.modulus), unblind };
  }
}

function publicKey(modulus: bigint, exponent: bigint): RsaPublicKey {
  return { modulus, exponent, octets: Math.ceil(modulus.toString(16).length / 2) };
}

function integer(tlv: Tlv | undefined): bigint {
  return toInteger(contentOf(expectTag(tlv, tags.integer)));
}

function toInteger(octets: Uint8Array): bigint {
  let hex = "0x0";
  for (const octet of octets) hex += octet.toString(16).padStart(2, "0");
  return BigInt(hex);
}

function toOctets(value: bigint, length: number): Uint8Array {
  const hex = value.toString(16).padStart(length * 2, "0");
  return Uint8Array.from({ length }, (_, index) =>
    parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}

const WINDOW = 5;

/** Left to right with a fixed window of five bits. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const table = [1n, base % modulus];
  while (table.length < 1 << WINDOW) {
    table.push(((table.at(-1) ?? 1n) * (table[1] ?? 1n)) % modulus);
  }
  const digits = exponent.toString(1 << WINDOW);
  let result = 1n;
  for (const digit of digits) {
    for (let square = 0; square < WINDOW; square++) result = (result * result) % modulus;
    result = (result * (table[parseInt(digit, 1 << WINDOW)] ?? 1n)) % modulus;
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint | null {
  let [remainder, next] = [modulus, value % modulus];
  let [coefficient, nextCoefficient] = [0n, 1n];
  while (next !== 0n) {
    const quotient = remainder / next;
    [remainder, next] = [next, remainder - quotient * next];
    [coefficient, nextCoefficient] = [nextCoefficient, coefficient - quotient * nextCoefficient];
  }
  return remainder === 1n ? ((coefficient % modulus) + modulus) % modulus : null;
}
