import {
  der,
  derBitString,
  derExplicit,
  derNull,
  derOctetString,
  derOid,
  derSequence,
} from "../asn1/der.ts";
import { publicKeys } from "../asn1/oids.ts";
import {
  contextTag,
  encodingOf,
  expectOctets,
  expectTag,
  partsOf,
  readTlv,
  tags,
} from "../asn1/tlv.ts";
import { bitStringIn } from "../asn1/values.ts";
import { bufferSource } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";

/** A PKCS#8 key as WebCrypto's, not extractable. */
export async function importPrivateKey(
  pkcs8: Uint8Array,
  certificate: Certificate,
  algorithm: EcKeyImportParams | RsaHashedImportParams | { name: string },
  usage: "sign" | "deriveBits",
): Promise<CryptoKey> {
  const complete = bufferSource(
    certificate.publicKey.kind === "rsa-pss"
      ? asRsaKey(pkcs8)
      : completePrivateKey(pkcs8, certificate),
  );
  return crypto.subtle.importKey("pkcs8", complete, algorithm, false, [usage]);
}

/** WebCrypto knows RSA keys by one object identifier only. */
function asRsaKey(pkcs8: Uint8Array): Uint8Array {
  const [version, , key] = partsOf(readTlv(pkcs8), tags.sequence);
  return derSequence(
    encodingOf(expectTag(version, tags.integer)),
    derSequence(derOid(publicKeys.rsaEncryption), derNull()),
    derOctetString(expectOctets(key)),
  );
}

/**
 * An elliptic-curve key with the certificate's public key put in: Firefox does not take it without,
 * and key files may leave it out (RFC 5915, section 3). Other keys as they are.
 * @throws SmimeError cms-malformed
 */
export function completePrivateKey(pkcs8: Uint8Array, certificate: Certificate): Uint8Array {
  if (certificate.publicKey.kind !== "ec") return pkcs8;
  const [version, algorithm, key] = partsOf(readTlv(pkcs8), tags.sequence);
  const [ecVersion, secret, ...optional] = partsOf(readTlv(expectOctets(key)), tags.sequence);
  if (optional.some(({ tag }) => tag === contextTag(1, true))) return pkcs8;
  if (version === undefined || algorithm === undefined) return pkcs8;
  if (ecVersion === undefined || secret === undefined) return pkcs8;
  const point = bitStringIn(partsOf(readTlv(certificate.publicKey.spki), tags.sequence)[1]);
  const ecKey = derSequence(
    encodingOf(ecVersion),
    encodingOf(secret),
    derExplicit(1, derBitString(point)),
  );
  return der(tags.sequence, encodingOf(version), encodingOf(algorithm), derOctetString(ecKey));
}
