import type { CertificateView } from "./protocol.ts";
import type { AnchorOrigin } from "./trust/path.ts";

export interface AnchorView extends CertificateView {
  readonly source: "built-in" | "user";
  /** An authority, or one mail user's certificate that is trusted by itself. */
  readonly kind: "authority" | "certificate";
  /** Where the user's own came from, if that is known. `at`: ISO 8601. */
  readonly origin?: Pick<AnchorOrigin, "from" | "name"> & { readonly at: string };
}

/** A certificate in a file that may be an issuer's, before it is trusted. */
export interface AnchorPreview extends CertificateView {
  /** It names itself as its issuer: the top of a hierarchy. */
  readonly root: boolean;
  readonly known: "no" | "built-in" | "user";
  readonly problem: "not-an-authority" | "expired" | null;
}

export interface BuiltInAnchors {
  /** The version of Thunderbird whose list this is. */
  readonly thunderbird: string;
  readonly anchors: readonly (CertificateView & {
    readonly organization: string | null;
    readonly trusted: boolean;
  })[];
}

export interface TrustRequests {
  /** The user's own. */
  "trust.list": { request: null; response: readonly AnchorView[] };
  "trust.builtIn": { request: null; response: BuiltInAnchors };
  "trust.setBuiltIn": { request: { fingerprint: string; trusted: boolean }; response: null };
  /** DER, PEM, .p7b, .p7c. */
  "trust.preview": { request: { file: Uint8Array }; response: readonly AnchorPreview[] };
  /** One authority of a file, whose name is remembered. */
  "trust.add": {
    request: { file: Uint8Array; fingerprint: string; name: string };
    response: AnchorView;
  };
  /** An authority certificate that the add-on has already seen, by fingerprint. */
  "trust.addKnown": { request: { fingerprint: string }; response: AnchorView };
  /**
   * Trusts one mail user's certificate that the add-on has already seen, whoever issued it, and
   * nobody else's.
   */
  "trust.addCertificate": { request: { fingerprint: string }; response: AnchorView };
  "trust.remove": { request: { fingerprint: string }; response: null };
}
