import type { ContactCertificate } from "../ports.ts";
import type { PathVerdict } from "../trust/path.ts";
import { mailUses, validityAt } from "../trust/uses.ts";
import type { NotReady } from "./plan.ts";

/** A certificate of a contact's, with the path for the use "encrypt" as of now. */
export interface CertificateCandidate {
  readonly entry: ContactCertificate;
  readonly path: PathVerdict;
}

/** What stands against encrypting to this certificate; what cannot be mended comes first. */
export function whyNotReady(
  { entry: { certificate }, path }: CertificateCandidate,
  now: Date,
): Exclude<NotReady, "no-certificate" | "changed" | "newsgroup"> | null {
  if (!mailUses(certificate).has("encrypt")) return "not-for-encryption";
  const failed = path.ok ? null : path.reason;
  if (failed === "revoked") return "revoked";
  const validity = validityAt(certificate, now);
  if (validity !== "valid") return validity;
  switch (failed) {
    case null:
      return null;
    case "weak-digest":
    case "weak-key":
      return "weak";
    default:
      return "untrusted";
  }
}

/** When it was last known to be in use, in milliseconds: a time that is yet to come proves nothing. */
export function seenAt({ firstSeen, lastSeen }: ContactCertificate, now: Date): number {
  const past = [lastSeen, firstSeen].find((seen) => seen !== null && seen <= now);
  return past?.getTime() ?? 0;
}
