import type { Certificate, KeyUsage } from "./certificate.ts";

const EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";
const ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";

const OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";

export type MailUse = "sign" | "encrypt";

/** What the certificate at the end of a path is for. `mail`: to sign or to encrypt, whichever fits. */
export type LeafUse = MailUse | "mail" | "sign-crl" | "sign-ocsp";

/**
 * What its extensions and the kind of its key permit a certificate for mail (RFC 8550, 4.4.2 and
 * 4.4.4; RFC 5753, section 7; RFC 8410, section 5). Says nothing about validity or trust.
 */
export function mailUses(certificate: Certificate): ReadonlySet<MailUse> {
  const uses = new Set<MailUse>();
  if (!hasMailPurpose(certificate)) return uses;
  for (const use of ["sign", "encrypt"] as const) if (keyPermits(certificate, use)) uses.add(use);
  return uses;
}

/** Which extension keeps the certificate from its use; null if none does. */
export function whyUnfit(
  certificate: Certificate,
  use: LeafUse,
): "key-usage" | "extended-key-usage" | null {
  const { keyUsage, extendedKeyUsage } = certificate;
  switch (use) {
    // RFC 5280, 6.3.3, f: a CRL issuer needs no purpose.
    case "sign-crl":
      return keyUsage === null || keyUsage.has("cRLSign") ? null : "key-usage";
    // RFC 6960, 4.2.2.2: the purpose itself has to be there.
    case "sign-ocsp":
      if (keyUsage?.has("digitalSignature") === false) return "key-usage";
      return extendedKeyUsage?.includes(OCSP_SIGNING) === true ? null : "extended-key-usage";
    case "mail":
      if (!keyPermits(certificate, "sign") && !keyPermits(certificate, "encrypt"))
        return "key-usage";
      break;
    default:
      if (!keyPermits(certificate, use)) return "key-usage";
  }
  return hasMailPurpose(certificate) ? null : "extended-key-usage";
}

/** Extended key usage: for mail, for everything, or not limited. */
export function hasMailPurpose({ extendedKeyUsage }: Certificate): boolean {
  return (
    extendedKeyUsage === null ||
    extendedKeyUsage.includes(EMAIL_PROTECTION) ||
    extendedKeyUsage.includes(ANY_EXTENDED_KEY_USAGE)
  );
}

/** Key usage and kind of key, without regard to the purpose. */
export function keyPermits({ keyUsage, publicKey }: Certificate, use: MailUse): boolean {
  const permitted = (...anyOf: KeyUsage[]): boolean =>
    keyUsage === null || anyOf.some((usage) => keyUsage.has(usage));
  switch (publicKey.kind) {
    case "rsa":
      return use === "sign"
        ? permitted("digitalSignature", "nonRepudiation")
        : permitted("keyEncipherment");
    case "ec":
      return use === "sign"
        ? permitted("digitalSignature", "nonRepudiation")
        : permitted("keyAgreement");
    case "rsa-pss":
    case "ed25519":
      return use === "sign" && permitted("digitalSignature", "nonRepudiation");
    case "x25519":
      return use === "encrypt" && permitted("keyAgreement");
    case "unsupported":
      return false;
  }
}

export function validityAt(
  certificate: Certificate,
  at: Date,
): "valid" | "expired" | "not-yet-valid" {
  if (at < certificate.notBefore) return "not-yet-valid";
  return at > certificate.notAfter ? "expired" : "valid";
}
