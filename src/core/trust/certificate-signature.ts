import { certificateFields } from "../asn1/certificate-fields.ts";
import type { SignedFields } from "../asn1/certificate-fields.ts";
import { digests, publicKeys } from "../asn1/oids.ts";
import { signatureScheme } from "../smime/signature-algorithms.ts";
import { verifySignature } from "../smime/verify-signature.ts";
import type { Certificate, PublicKey } from "./certificate.ts";

/**
 * `weak-digest`: right, but signed with SHA-1 or MD5.
 * `unsupported`: an algorithm that does not go with the issuer's key or that nothing here knows.
 */
export type CertificateSignature = "good" | "wrong" | "weak-digest" | "unsupported";

const offeredDigests = [digests.sha256, digests.sha384, digests.sha512, digests.sha1, digests.md5];

/**
 * Whether a certificate was signed with the key, over its bytes as they were encoded: RSA PKCS#1
 * v1.5, RSA-PSS, ECDSA, Ed25519. Names, dates and extensions are not looked at.
 */
export async function certificateSignature(
  certificate: Certificate,
  key: PublicKey,
): Promise<CertificateSignature> {
  return signatureBy(certificateFields(certificate.der), key);
}

/** The same for a certificate, a revocation list, or an OCSP response. */
export async function signatureBy(
  { tbs, signature, signatureAlgorithm, algorithmsAgree }: SignedFields,
  key: PublicKey,
): Promise<CertificateSignature> {
  if (!algorithmsAgree) return "wrong";
  const { oid } = signatureAlgorithm;
  // These two name a key and no digest: nothing to sign a certificate with.
  if (oid === publicKeys.rsaEncryption || oid === publicKeys.ecPublicKey) return "unsupported";
  for (const digest of offeredDigests) {
    const scheme = signatureScheme(signatureAlgorithm, digest, key);
    if (typeof scheme === "string") continue;
    if (!(await verifySignature(scheme, key, signature, tbs))) return "wrong";
    return scheme.digest === "SHA-1" || scheme.digest === "MD5" ? "weak-digest" : "good";
  }
  return "unsupported";
}
