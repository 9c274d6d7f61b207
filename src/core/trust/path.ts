import type { Certificate } from "./certificate.ts";
import type { CertificateRevocation } from "./revocation.ts";

/** What the user, or Thunderbird's list, trusts. */
export interface TrustAnchor {
  readonly certificate: Certificate;
  readonly source: "built-in" | "user";
  /**
   * `authority` (also where it is left out): its name and key may name mail users. `certificate`:
   * this one certificate of a mail user's, whoever issued it; it vouches for no other.
   */
  readonly kind?: "authority" | "certificate";
  /** How the user's own came here, where that is known. */
  readonly origin?: AnchorOrigin;
}

/** Where the certificate of an anchor was when the user came to trust it. */
export interface AnchorOrigin {
  readonly from: "file" | "message" | "key-file";
  /** The file's name; null for what came in a message or with a key. */
  readonly name: string | null;
  readonly at: Date;
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
  | "policy"
  | "unknown-critical-extension"
  | "revoked"
  | "revocation-unknown"
  | "algorithm-unsupported"
  | "search-limit";

export interface PathFailure {
  readonly reason: PathReason;
  /** The certificate at which the path failed. */
  readonly at: Certificate;
}

/** A path that was tried, complete or as far as it went, and the first reason against it. */
export interface RejectedPath extends PathFailure {
  /** End entity first. */
  readonly path: readonly Certificate[];
}

export type PathVerdict =
  | {
      readonly ok: true;
      /** End entity first, trust anchor last; only the one where that is trusted by itself. */
      readonly path: readonly Certificate[];
      readonly anchor: TrustAnchor;
      /** The policies that it is good for, of those asked for (RFC 5280, 6.1.6). */
      readonly policies: readonly string[];
      /** Of each certificate of the path, the anchor's apart. */
      readonly revocation: readonly CertificateRevocation[];
      /** What was tried before, in order; the first few. */
      readonly candidates: readonly RejectedPath[];
    }
  | ({
      readonly ok: false;
      /** As above where `reason` is about revocation, else empty. */
      readonly revocation: readonly CertificateRevocation[];
      /** All that was tried, in order; the first few. `reason` is that of the most promising one. */
      readonly candidates: readonly RejectedPath[];
    } & PathFailure);
