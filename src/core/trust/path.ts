import type { Certificate } from "./certificate.ts";

/** A name and key that the user, or Thunderbird's list, trusts to name mail users. */
export interface TrustAnchor {
  readonly certificate: Certificate;
  readonly source: "built-in" | "user";
}

/** Why a candidate path fails; the first rule of RFC 5280, section 6, and RFC 8550 that is broken. */
export type PathReason =
  | "issuer-unknown"
  | "expired"
  | "not-yet-valid"
  | "signature-wrong"
  | "weak-digest"
  | "weak-key"
  | "issuer-not-authority"
  | "path-too-long"
  | "key-usage"
  | "extended-key-usage"
  | "name-constraints"
  | "unknown-critical-extension"
  | "revoked"
  | "algorithm-unsupported"
  | "search-limit";

export type PathVerdict =
  | {
      readonly ok: true;
      /** End entity first, trust anchor last. */
      readonly path: readonly Certificate[];
      readonly anchor: TrustAnchor;
    }
  | {
      readonly ok: false;
      readonly reason: PathReason;
      /** The certificate at which the path failed. */
      readonly at: Certificate;
    };
