import { derNull, derOid, derSequence, derUnsignedInteger } from "../asn1/der.ts";
import { publicKeys } from "../asn1/oids.ts";
import { contentOf, encodingOf, expectTag, partsOf, readTlv, tags } from "../asn1/tlv.ts";
import { bufferSource, concatOctets, equalOctets } from "../octets.ts";
import type { PublicKey } from "../trust/certificate.ts";
import { verifyPkcs1Md5, verifyPss } from "./rsa-signatures.ts";
import type { SignatureScheme, VerifiableScheme } from "./signature-algorithms.ts";

/** Whether the signature is the key's over these bytes. False for keys that cannot be used. */
export async function verifySignature(
  scheme: VerifiableScheme,
  key: PublicKey,
  signature: Uint8Array,
  content: Uint8Array,
): Promise<boolean> {
  try {
    if ("pss" in scheme) return await verifyPss(key.spki, scheme.pss, signature, content);
    if (scheme.digest === "MD5") return await verifyPkcs1Md5(key.spki, signature, content);
    return await verifyWithWebCrypto(scheme, key, signature, content);
  } catch {
    return false;
  }
}

async function verifyWithWebCrypto(
  scheme: SignatureScheme,
  key: PublicKey,
  signature: Uint8Array,
  content: Uint8Array,
): Promise<boolean> {
  const raw = key.kind === "ec" ? fixedLengthSignature(signature, key) : signature;
  const publicKey = await crypto.subtle.importKey(
    "spki",
    bufferSource(key.kind === "rsa-pss" ? asRsaKey(key.spki) : key.spki),
    scheme.importing,
    false,
    ["verify"],
  );
  return crypto.subtle.verify(scheme.using, publicKey, bufferSource(raw), bufferSource(content));
}

/** WebCrypto knows RSA keys by one object identifier only. */
function asRsaKey(spki: Uint8Array): Uint8Array {
  const key = partsOf(readTlv(spki), tags.sequence)[1];
  const rsa = derSequence(derOid(publicKeys.rsaEncryption), derNull());
  return derSequence(rsa, encodingOf(expectTag(key, tags.bitString)));
}

/**
 * ECDSA-Sig-Value (RFC 5480) as r and s of the curve's length, which WebCrypto wants. Anything but
 * its DER is refused: the same signature must not have a second form.
 */
function fixedLengthSignature(signature: Uint8Array, { bits }: PublicKey): Uint8Array {
  const length = Math.ceil((bits ?? 0) / 8);
  const numbers = partsOf(readTlv(signature), tags.sequence).map((number) => {
    const octets = contentOf(expectTag(number, tags.integer));
    const magnitude = octets[0] === 0 ? octets.subarray(1) : octets;
    if (magnitude.length > length) throw new RangeError("number longer than the curve's");
    return concatOctets(new Uint8Array(length - magnitude.length), magnitude);
  });
  const raw = concatOctets(...numbers);
  if (!equalOctets(ecdsaSignatureValue(raw), signature)) throw new RangeError("not DER");
  return raw;
}

/** WebCrypto's r and s as an ECDSA-Sig-Value. */
export function ecdsaSignatureValue(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return derSequence(
    derUnsignedInteger(raw.subarray(0, half)),
    derUnsignedInteger(raw.subarray(half)),
  );
}
