import { concatOctets, equalOctets } from "../octets.ts";
import { digestOf, mgf1, type DigestName } from "./digest-algorithms.ts";
import {
  isRepresentative,
  readRsaPublicKey,
  rsaPublicOperation,
  type RsaPublicKey,
} from "./rsa-keys.ts";

/** Verification of the RSA signatures that WebCrypto does not have. All of it is public. */

/** RSASSA-PSS with any digest for the mask. */
export interface PssParameters {
  readonly hash: DigestName;
  readonly maskHash: DigestName;
  /** In octets. */
  readonly saltLength: number;
}

// What hostile certificates may ask for; the usual exponent has 17 bits.
const MAX_MODULUS_OCTETS = 2048;
const MAX_EXPONENT = 1n << 64n;

/** RSASSA-PSS-VERIFY (RFC 8017, section 8.1.2). @throws SmimeError cms-malformed for a broken key */
export async function verifyPss(
  spki: Uint8Array,
  { hash, maskHash, saltLength }: PssParameters,
  signature: Uint8Array,
  content: Uint8Array,
): Promise<boolean> {
  const key = readRsaPublicKey(spki);
  const block = messageBlock(key, signature);
  if (block === null) return false;
  const bits = key.modulus.toString(2).length - 1;
  const encoded = block.subarray(block.length - Math.ceil(bits / 8));
  // The modulus may begin on the octet before.
  if (encoded.length < block.length && block[0] !== 0) return false;
  const digest = await digestOf(hash, content);
  const dataLength = encoded.length - digest.length - 1;
  const paddingLength = dataLength - saltLength - 1;
  if (paddingLength < 0 || encoded.at(-1) !== 0xbc) return false;
  const unusedBits = 8 * encoded.length - bits;
  const masked = encoded.subarray(0, dataLength);
  if ((masked[0] ?? 0) >> (8 - unusedBits) !== 0) return false;
  const seed = encoded.subarray(dataLength, -1);
  const mask = await mgf1(maskHash, seed, dataLength);
  const data = masked.map((octet, index) => octet ^ (mask[index] ?? 0));
  data[0] = (data[0] ?? 0) & (0xff >> unusedBits);
  const padding = data.subarray(0, paddingLength);
  if (padding.some((octet) => octet !== 0) || data[paddingLength] !== 1) return false;
  const salt = data.subarray(paddingLength + 1);
  return equalOctets(seed, await digestOf(hash, concatOctets(new Uint8Array(8), digest, salt)));
}

/** DigestInfo of MD5 up to the digest (RFC 8017, section 9.2, note 1). */
const MD5_PREFIX = Uint8Array.of(
  ...[0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05],
  ...[0x05, 0x00, 0x04, 0x10],
);

/**
 * RSASSA-PKCS1-V1_5-VERIFY (RFC 8017, section 8.2.2) with MD5: such a signature proves nothing, but
 * one that is not even right is a wrong one and not a weak one.
 * @throws SmimeError cms-malformed for a broken key
 */
export async function verifyPkcs1Md5(
  spki: Uint8Array,
  signature: Uint8Array,
  content: Uint8Array,
): Promise<boolean> {
  const key = readRsaPublicKey(spki);
  const block = messageBlock(key, signature);
  const digestInfo = concatOctets(MD5_PREFIX, await digestOf("MD5", content));
  const paddingLength = key.octets - digestInfo.length - 3;
  if (block === null || paddingLength < 8) return false;
  const padding = new Uint8Array(paddingLength).fill(0xff);
  return equalOctets(
    block,
    concatOctets(Uint8Array.of(0, 1), padding, Uint8Array.of(0), digestInfo),
  );
}

/** null if the signature is no number below the modulus in exactly its length. */
function messageBlock(key: RsaPublicKey, signature: Uint8Array): Uint8Array | null {
  if (key.octets > MAX_MODULUS_OCTETS || key.exponent > MAX_EXPONENT) return null;
  return isRepresentative(key, signature) ? rsaPublicOperation(key, signature) : null;
}
