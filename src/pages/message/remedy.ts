import type { MessagePanel, MessageStatus } from "../../core/protocol.ts";

/** The one thing that would make a signature count, or bring a certificate along. Pure. */
export type Remedy =
  | "trust-authority"
  | "trust-certificate"
  | "keep-certificate"
  | "ask-new-certificate"
  | "ask-again"
  | "preferences";

type PathReason = NonNullable<MessageStatus["signature"]["pathReason"]>;

/**
 * Somebody who vouches for it is missing, or is not one to vouch for this: knowing the certificate
 * oneself is enough. What is wrong with the certificate itself takes another one.
 */
const pathRemedies: Record<PathReason, Remedy | null> = {
  "issuer-unknown": "trust-certificate",
  "issuer-not-authority": "trust-certificate",
  "path-too-long": "trust-certificate",
  "name-constraints": "trust-certificate",
  policy: "trust-certificate",
  "search-limit": "trust-certificate",
  expired: "ask-new-certificate",
  "signature-wrong": "ask-new-certificate",
  "weak-digest": "ask-new-certificate",
  "weak-key": "ask-new-certificate",
  "key-usage": "ask-new-certificate",
  "extended-key-usage": "ask-new-certificate",
  "unknown-critical-extension": "ask-new-certificate",
  "algorithm-unsupported": "ask-new-certificate",
  revoked: "ask-new-certificate",
  "revocation-unknown": "preferences",
  // Only time helps.
  "not-yet-valid": null,
};

/** Whether trusting the issuer would make the signature count. */
export function canTrustIssuer({ signature }: MessageStatus): boolean {
  return signature.authority !== null && signature.pathReason === "issuer-unknown";
}

/** Whoever vouched for it: a certificate that had expired helps no more. */
export function isSignerLapsed({ status, details }: MessagePanel): boolean {
  const { verdict, signer } = status.signature;
  const checkedAt = details?.checkedAt ?? null;
  return (
    verdict === "untrusted" &&
    signer !== null &&
    checkedAt !== null &&
    new Date(signer.notAfter) < new Date(checkedAt)
  );
}

/** null where the signature counts and everything is kept, or nobody can do anything about it. */
export function remedyOf(panel: MessagePanel): Remedy | null {
  const { status, details } = panel;
  const { signature, exchange } = status;
  if (isSignerLapsed(panel)) return "ask-new-certificate";
  switch (signature.verdict) {
    case "none":
      return null;
    case "valid":
      return details?.kept === false ? "keep-certificate" : null;
    case "untrusted":
      if (canTrustIssuer(status)) return "trust-authority";
      return signature.pathReason === null ? null : pathRemedies[signature.pathReason];
    case "mismatch":
      // Nobody else than the sender shown can have signed in their name.
      return signature.reason === "address-mismatch" ? "ask-new-certificate" : null;
    case "invalid":
    case "weak":
    case "unsupported":
      // One's own copies are not asked for.
      return exchange === null ? null : "ask-again";
  }
}
