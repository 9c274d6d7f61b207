import { whyNotReady, type CertificateCandidate } from "./candidate.ts";
import { unaccountedKeys } from "./key-change.ts";
import { newestFirst } from "./select-certificate.ts";

/** What the user has to decide about a contact's certificates. */
export interface CertificateQuestion {
  /** The newest of those known before, to compare with; null where there is none. */
  readonly known: CertificateCandidate | null;
  /** With a key that nothing known accounts for, newest first. */
  readonly changed: readonly CertificateCandidate[];
  /** Could be used if only somebody vouched for them, newest first. */
  readonly untrusted: readonly CertificateCandidate[];
}

export function certificateQuestion(
  candidates: readonly CertificateCandidate[],
  now: Date,
): CertificateQuestion {
  const sorted = candidates.toSorted((a, b) => newestFirst(a, b, now));
  const unaccounted = new Set(unaccountedKeys(candidates, now));
  const reason = (candidate: CertificateCandidate) => whyNotReady(candidate, now);
  const isUntrusted = (candidate: CertificateCandidate) => reason(candidate) === "untrusted";
  const known = sorted.filter(
    (candidate) =>
      !unaccounted.has(candidate) &&
      !isUntrusted(candidate) &&
      reason(candidate) !== "not-for-encryption",
  );
  return {
    known: known.find((candidate) => reason(candidate) === null) ?? known[0] ?? null,
    changed: sorted.filter((candidate) => unaccounted.has(candidate) && reason(candidate) === null),
    untrusted: sorted.filter(isUntrusted),
  };
}
