import { equalOctets } from "../octets.ts";
import { validityAt } from "../trust/uses.ts";
import { whyNotReady, type CertificateCandidate } from "./candidate.ts";
import { RENEWAL_PERIOD } from "./periods.ts";

/**
 * The certificates with a key that nothing known before accounts for, for the user to compare with
 * the known ones. The first trusted certificate of a contact is taken as known; a later one is
 * accepted if it came together with a known one, has a key that is known, was confirmed by the
 * user, or is trusted and follows one that was revoked or about to end. Certificates that can no
 * longer be used raise no question.
 */
export function unaccountedKeys(
  candidates: readonly CertificateCandidate[],
  now: Date,
): CertificateCandidate[] {
  const known: CertificateCandidate[] = [];
  const unaccounted: CertificateCandidate[] = [];
  const eligible = candidates
    .filter((candidate) => whyNotReady(candidate, now) !== "not-for-encryption")
    .sort((a, b) => knownSince(a) - knownSince(b));
  for (const candidate of eligible) {
    const first = known.length === 0 && wasTrusted(candidate, now);
    if (first || known.some((before) => accountsFor(before, candidate, now))) {
      known.push(candidate);
    } else if (known.length > 0 && isCurrent(candidate, now)) {
      unaccounted.push(candidate);
    }
  }
  return unaccounted;
}

function accountsFor(
  before: CertificateCandidate,
  candidate: CertificateCandidate,
  now: Date,
): boolean {
  return (
    candidate.entry.confirmed === true ||
    knownSince(before) === knownSince(candidate) ||
    equalOctets(
      before.entry.certificate.publicKey.spki,
      candidate.entry.certificate.publicKey.spki,
    ) ||
    (wasTrusted(candidate, now) && (isRevoked(before) || isDueFor(before, candidate)))
  );
}

function isDueFor(before: CertificateCandidate, successor: CertificateCandidate): boolean {
  return before.entry.certificate.notAfter.getTime() <= knownSince(successor) + RENEWAL_PERIOD;
}

/** An old message may be read long after a newer one: then its signing time says more than `firstSeen`. */
function knownSince({ entry: { firstSeen, lastSeen } }: CertificateCandidate): number {
  return Math.min(firstSeen.getTime(), (lastSeen ?? firstSeen).getTime());
}

function isRevoked({ path }: CertificateCandidate): boolean {
  return !path.ok && path.reason === "revoked";
}

/** Its own end is no lack of trust, and only what was vouched for can be revoked. */
function wasTrusted(candidate: CertificateCandidate, now: Date): boolean {
  const { entry, path } = candidate;
  if (path.ok || isRevoked(candidate)) return true;
  return path.reason === "expired" && validityAt(entry.certificate, now) === "expired";
}

function isCurrent(candidate: CertificateCandidate, now: Date): boolean {
  const reason = whyNotReady(candidate, now);
  return reason !== "expired" && reason !== "revoked";
}
