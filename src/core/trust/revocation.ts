import type { Crl, RevocationReason } from "../asn1/crl.ts";
import type { OcspResponse } from "../asn1/ocsp.ts";
import type { Certificate } from "./certificate.ts";

/** What is known of the revocation of one certificate at the time of the question. */
export type RevocationStatus =
  | { readonly kind: "good"; readonly source: RevocationSourceKind; readonly asOf: Date }
  | {
      readonly kind: "revoked";
      readonly source: RevocationSourceKind;
      readonly since: Date;
      readonly reason: RevocationReason | null;
    }
  /** Nothing that was at hand says so, or nothing that can be believed. */
  | { readonly kind: "unknown" }
  | { readonly kind: "not-asked" };

export type RevocationSourceKind = "crl" | "ocsp";

export interface CertificateRevocation {
  readonly certificate: Certificate;
  readonly status: RevocationStatus;
}

/** Revocation lists and OCSP responses, from wherever. They are believed only as far as they are signed. */
export interface RevocationData {
  readonly crls: readonly Crl[];
  readonly ocspResponses: readonly OcspResponse[];
}

export interface RevocationInput extends RevocationData {
  /**
   * `given`: a certificate fails that is known to be revoked. `strict`: one that is not known to be
   * good fails as well.
   */
  readonly mode: "given" | "strict";
  /** Asked once about each certificate of a path of which not enough is known. Never throws. */
  readonly lookUp?: RevocationLookup;
}

/** @param issuer the certificate above it in the path */
export type RevocationLookup = (
  certificate: Certificate,
  issuer: Certificate,
) => Promise<RevocationData>;
