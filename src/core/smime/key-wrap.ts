import { keyAgreement as oids } from "../asn1/oids.ts";
import { desEde3CbcBlocks } from "../ciphers/des-ede3.ts";
import { bufferSource, equalOctets } from "../octets.ts";
import { digestOf } from "./digest-algorithms.ts";

/** Key wraps of key agreement: AES (RFC 3394) and, only read, triple DES (RFC 3217). */

const wrappingKeyBits: ReadonlyMap<string, number> = new Map([
  [oids.aes128Wrap, 128],
  [oids.aes192Wrap, 192],
  [oids.aes256Wrap, 256],
  [oids.tripleDesWrap, 192],
]);

/** Length of the key-encryption key, in bits; null for a wrap that nothing here knows. */
export function wrapKeyBits(oid: string): number | null {
  return wrappingKeyBits.get(oid) ?? null;
}

/** Wrapping takes key objects; as an HMAC key, octets of any length are one. */
const HMAC = { name: "HMAC", hash: "SHA-256" };

/** AES key wrap. */
export async function wrapKey(wrapping: Uint8Array, key: Uint8Array): Promise<Uint8Array> {
  const wrapped = await crypto.subtle.wrapKey(
    "raw",
    await crypto.subtle.importKey("raw", bufferSource(key), HMAC, true, ["sign"]),
    await aesWrapping(wrapping, "wrapKey"),
    "AES-KW",
  );
  return new Uint8Array(wrapped);
}

/** @throws whatever the primitives throw if the wrapping key is not the one */
export async function unwrapKey(
  oid: string,
  wrapping: Uint8Array,
  wrapped: Uint8Array,
): Promise<Uint8Array> {
  if (oid === oids.tripleDesWrap) return unwrapTripleDes(wrapping, wrapped);
  const key = await crypto.subtle.unwrapKey(
    "raw",
    bufferSource(wrapped),
    await aesWrapping(wrapping, "unwrapKey"),
    "AES-KW",
    HMAC,
    true,
    ["sign"],
  );
  return new Uint8Array(await crypto.subtle.exportKey("raw", key));
}

function aesWrapping(wrapping: Uint8Array, usage: "wrapKey" | "unwrapKey"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bufferSource(wrapping), "AES-KW", false, [usage]);
}

const WRAP_IV = Uint8Array.of(0x4a, 0xdd, 0xa2, 0x2c, 0x79, 0xe8, 0x21, 0x05);

/** RFC 3217, section 3.2, for keys of other lengths too. Parity bits are not looked at. */
async function unwrapTripleDes(wrapping: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array> {
  if (wrapped.length < 24) throw new RangeError("length of a wrapped key");
  const inner = desEde3CbcBlocks(wrapping, WRAP_IV, wrapped).reverse();
  const keyAndSum = desEde3CbcBlocks(wrapping, inner.subarray(0, 8), inner.subarray(8));
  const key = keyAndSum.subarray(0, -8);
  const sum = (await digestOf("SHA-1", key)).subarray(0, 8);
  if (!equalOctets(sum, keyAndSum.subarray(-8))) throw new RangeError("key checksum");
  return key;
}
