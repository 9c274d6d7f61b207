/** A parsed X.509 certificate (RFC 5280) as a plain value. Parsing is in `core/asn1/certificate.ts`. */
export interface Certificate {
  readonly der: Uint8Array;
  /** SHA-256 of `der`, lower-case hex. The certificate's name throughout the add-on. */
  readonly fingerprint: string;
  /** Lower-case hex, two digits per byte, as encoded (a leading 00 stays). */
  readonly serialNumber: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: PublicKey;
  /** Absent extension: null, which permits every use (RFC 5280, 4.2.1.3). */
  readonly keyUsage: ReadonlySet<KeyUsage> | null;
  /** Object identifiers; absent extension: null. */
  readonly extendedKeyUsage: readonly string[] | null;
  readonly basicConstraints: {
    readonly authority: boolean;
    readonly pathLength: number | null;
  } | null;
  /** rfc822Name and SmtpUTF8Mailbox (RFC 9598); the subject's emailAddress only if there is neither. As written. */
  readonly addresses: readonly string[];
  readonly subjectKeyIdentifier: Uint8Array | null;
  readonly authorityKeyIdentifier: Uint8Array | null;
  /** Object identifiers of the critical extensions that this code does not process. */
  readonly unknownCriticalExtensions: readonly string[];
}

export interface DistinguishedName {
  /** The encoded Name, for comparing. */
  readonly der: Uint8Array;
  /** For people: "CN=Alice Lovelace, OU=LAMPS WG, O=IETF". */
  readonly text: string;
  readonly commonName: string | null;
  readonly organization: string | null;
}

export interface PublicKey {
  /** `rsa-pss`: an RSA key for RSASSA-PSS only, perhaps with given parameters (RFC 4055, section 1.2). */
  readonly kind: "rsa" | "rsa-pss" | "ec" | "ed25519" | "x25519" | "unsupported";
  /** Modulus or field size in bits; null where `kind` is unsupported. */
  readonly bits: number | null;
  /** WebCrypto's name of the curve for `ec`. */
  readonly curve: "P-256" | "P-384" | "P-521" | null;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
}

export const keyUsages = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

/** Named bits of RFC 5280, 4.2.1.3, in bit order. */
export type KeyUsage = (typeof keyUsages)[number];
