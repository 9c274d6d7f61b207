import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { derNull, derOid, derSequence } from "../asn1/der.ts";
import { algorithmIn, smallIntegerIn } from "../asn1/values.ts";
import type { AlgorithmIdentifier } from "../asn1/values.ts";
import { expectOctets, partsOf, tags } from "../asn1/tlv.ts";
import { SmimeError } from "../errors.ts";
import { bufferSource, concatOctets, hexText } from "../octets.ts";
import { RepeatedSha1, RepeatedSha256 } from "./repeated-digests.ts";
import type { RepeatedDigest } from "./repeated-digests.ts";

// WebCrypto's digests answer one call at a time, which makes ten thousand rounds take seconds.
const hashes = { "SHA-1": sha1, "SHA-256": sha256, "SHA-384": sha384, "SHA-512": sha512 } as const;

export type HashName = keyof typeof hashes;

/** What the derived octets are for (RFC 7292, appendix B.3). */
export const purposes = { key: 1, iv: 2, mac: 3 } as const;

/**
 * Of PBKDF2, for a whole file. Programs of today ask for a few thousand to a million at a time, and
 * that for the MAC, for each key, and for the certificates anew.
 */
const MAX_ITERATIONS = 20_000_000;

/** How much longer an iteration takes here than one of PBKDF2, which WebCrypto has. */
const PKCS12_COST = { "SHA-1": 2, "SHA-256": 2, "SHA-384": 8, "SHA-512": 8 } as const;

/** Counts the iterations that a file asks for, over all its parts and all forms of the password. */
export class IterationBudget {
  private left = MAX_ITERATIONS;
  private readonly derived = new Map<string, Uint8Array>();

  /** @throws SmimeError pkcs12-unsupported when there have been too many, pkcs12-malformed for none */
  private spend(iterations: number): void {
    if (iterations < 1) throw new SmimeError("pkcs12-malformed", { detail: "iterations" });
    this.left -= iterations;
    if (this.left < 0) throw new SmimeError("pkcs12-unsupported", { detail: "iterations" });
  }

  /** RFC 7292, appendix B.2. Throws the same. */
  derivePkcs12(hash: HashName, purpose: Purpose, input: DerivationInput): Uint8Array {
    const blocks = Math.ceil(input.length / hashes[hash].outputLen);
    this.spend(PKCS12_COST[hash] * blocks * input.iterations);
    return derivePkcs12(hash, purpose, input);
  }

  /** What is derived again the same way, as for every key of a file, costs nothing. Throws the same. */
  async derivePbkdf2(
    parameters: Pbkdf2,
    password: Uint8Array,
    length: number,
  ): Promise<Uint8Array> {
    const { hash, salt, iterations } = parameters;
    const name = [hash, hexText(salt), iterations, hexText(password), length].join(" ");
    const known = this.derived.get(name);
    if (known !== undefined) return known;
    this.spend(iterations);
    const key = await derivePbkdf2(parameters, password, length);
    this.derived.set(name, key);
    return key;
  }
}

interface DerivationInput {
  /** A BMPString with its terminator, or nothing. */
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Of what is derived, in octets. */
  readonly length: number;
}

type Purpose = (typeof purposes)[keyof typeof purposes];

function derivePkcs12(hash: HashName, purpose: Purpose, input: DerivationInput): Uint8Array {
  const work = derivation(hash, purpose, input);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/**
 * RFC 7292, appendix B.2, in pieces of some milliseconds, so that whoever shares the thread can go on.
 * @param pause is awaited between them with the iterations done so far; what it throws ends the work
 */
export async function derivePkcs12InPieces(
  hash: HashName,
  purpose: Purpose,
  input: DerivationInput,
  pause: (iterations: number) => Promise<void>,
): Promise<Uint8Array> {
  const work = derivation(hash, purpose, input);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await pause(step.value);
  }
}

const PIECE = 10_000;

/** Yields how many iterations are done. */
function* derivation(
  hash: HashName,
  purpose: Purpose,
  input: DerivationInput,
): Generator<number, Uint8Array, undefined> {
  const { outputLen, blockLen } = hashes[hash];
  const diversifier = new Uint8Array(blockLen).fill(purpose);
  const material = concatOctets(filled(input.salt, blockLen), filled(input.password, blockLen));
  const derived: Uint8Array[] = [];
  for (let length = 0; length < input.length; length += outputLen) {
    let block: Uint8Array = hashes[hash](concatOctets(diversifier, material));
    for (let round = 1; round < input.iterations; round += PIECE) {
      if (round > 1) yield round;
      block = repeated(hash, block, Math.min(PIECE, input.iterations - round));
    }
    derived.push(block);
    const addend = filled(block, blockLen).subarray(0, blockLen);
    for (let at = 0; at < material.length; at += blockLen)
      addOnePlus(material.subarray(at, at + blockLen), addend);
  }
  return concatOctets(...derived).slice(0, input.length);
}

function repeated(hash: HashName, digest: Uint8Array, rounds: number): Uint8Array {
  const hashing = repeatedDigest(hash, digest);
  if (hashing !== null) {
    hashing.run(rounds);
    return hashing.result();
  }
  let result = digest;
  for (let round = 0; round < rounds; round++) result = hashes[hash](result);
  return result;
}

/** null for those that files hardly ever have. */
function repeatedDigest(hash: HashName, digest: Uint8Array): RepeatedDigest | null {
  if (hash === "SHA-1") return new RepeatedSha1(digest);
  return hash === "SHA-256" ? new RepeatedSha256(digest) : null;
}

/** Repeated up to a whole number of blocks; nothing stays nothing. */
function filled(octets: Uint8Array, blockLength: number): Uint8Array {
  const length = Math.ceil(octets.length / blockLength) * blockLength;
  return Uint8Array.from({ length }, (_, at) => octets[at % octets.length] ?? 0);
}

/** Big-endian, modulo the length. */
function addOnePlus(target: Uint8Array, addend: Uint8Array): void {
  let carry = 1;
  for (let at = target.length - 1; at >= 0; at--) {
    carry += (target[at] ?? 0) + (addend[at] ?? 0);
    target[at] = carry & 0xff;
    carry >>= 8;
  }
}

export const PBKDF2 = "1.2.840.113549.1.5.12";

const hmacs: ReadonlyMap<string, HashName> = new Map([
  ["1.2.840.113549.2.7", "SHA-1"],
  ["1.2.840.113549.2.9", "SHA-256"],
  ["1.2.840.113549.2.10", "SHA-384"],
  ["1.2.840.113549.2.11", "SHA-512"],
]);

/** As an AlgorithmIdentifier. */
export function hmacWithSha256(): Uint8Array {
  return derSequence(derOid("1.2.840.113549.2.9"), derNull());
}

/** @throws SmimeError pkcs12-unsupported */
export function hmacHash({ oid }: AlgorithmIdentifier): HashName {
  const hash = hmacs.get(oid);
  if (hash === undefined) throw new SmimeError("pkcs12-unsupported", { detail: `HMAC ${oid}` });
  return hash;
}

export interface Pbkdf2 {
  readonly hash: HashName;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** In octets. */
  readonly keyLength: number | null;
}

/**
 * PBKDF2-params (RFC 8018, appendix A.2).
 * @throws SmimeError pkcs12-unsupported for other functions, cms-malformed
 */
export function readPbkdf2(algorithm: AlgorithmIdentifier): Pbkdf2 {
  if (algorithm.oid !== PBKDF2)
    throw new SmimeError("pkcs12-unsupported", { detail: `derivation ${algorithm.oid}` });
  const [salt, iterations, ...optional] = partsOf(algorithm.parameters ?? undefined, tags.sequence);
  const keyLength = optional[0]?.tag === tags.integer ? optional.shift() : undefined;
  return {
    salt: expectOctets(salt),
    iterations: smallIntegerIn(iterations),
    keyLength: keyLength === undefined ? null : smallIntegerIn(keyLength),
    hash: optional[0] === undefined ? "SHA-1" : hmacHash(algorithmIn(optional[0])),
  };
}

export async function derivePbkdf2(
  { hash, salt, iterations }: Pbkdf2,
  password: Uint8Array,
  length: number,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", bufferSource(password), "PBKDF2", false, [
    "deriveBits",
  ]);
  const parameters = { name: "PBKDF2", hash, salt: bufferSource(salt), iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 8 * length));
}
