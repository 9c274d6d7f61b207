import { hexText } from "../core/octets.ts";
import type { Certificate } from "../core/trust/certificate.ts";

/** For people, with certificates as summaries, octets in hex and times in ISO 8601. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, readable, 2)}\n`;
}

function readable(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return hexText(value);
  if (value instanceof Set) return [...(value as ReadonlySet<unknown>)];
  return isCertificate(value) ? certificateSummary(value) : value;
}

function isCertificate(value: unknown): value is Certificate {
  return typeof value === "object" && value !== null && "der" in value && "fingerprint" in value;
}

export function certificateSummary(certificate: Certificate): Record<string, unknown> {
  const { publicKey } = certificate;
  return {
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serialNumber: certificate.serialNumber,
    sha256: certificate.fingerprint,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    addresses: certificate.addresses,
    key:
      publicKey.curve ??
      (publicKey.kind.startsWith("rsa")
        ? `${publicKey.kind}-${publicKey.bits ?? 0}`
        : publicKey.kind),
    keyUsage: certificate.keyUsage,
    extendedKeyUsage: certificate.extendedKeyUsage,
    authority: certificate.basicConstraints?.authority ?? false,
  };
}
