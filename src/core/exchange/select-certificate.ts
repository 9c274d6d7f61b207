import type { ContactCertificate, OwnKey } from "../ports.ts";
import { sameAddress } from "../trust/addresses.ts";
import type { Certificate } from "../trust/certificate.ts";
import { mailUses, validityAt, type MailUse } from "../trust/uses.ts";
import { seenAt, whyNotReady, type CertificateCandidate } from "./candidate.ts";
import { unaccountedKeys } from "./key-change.ts";
import type { NotReady } from "./plan.ts";

export type CertificateSelection =
  | { readonly kind: "selected"; readonly entry: ContactCertificate }
  | { readonly kind: "not-ready"; readonly reason: NotReady };

/** Of several unusable certificates, the one that the least is wrong with tells the reason. */
const nearestToReady = [
  "untrusted",
  "weak",
  "not-yet-valid",
  "revoked",
  "expired",
  "not-for-encryption",
] as const satisfies readonly NotReady[];

/**
 * The certificate to encrypt to: of those that are valid, trusted and fit for encryption the one
 * that was seen last; of those seen at the same time the one whose validity began last. A key that
 * nothing known before accounts for takes nobody's place until the user has confirmed it.
 */
export function selectCertificate(
  candidates: readonly CertificateCandidate[],
  now: Date,
): CertificateSelection {
  const usable = candidates.filter((candidate) => whyNotReady(candidate, now) === null);
  const unaccounted = new Set(unaccountedKeys(candidates, now));
  const [newest] = usable
    .filter((candidate) => !unaccounted.has(candidate))
    .sort((a, b) => newestFirst(a, b, now));
  if (newest !== undefined) return { kind: "selected", entry: newest.entry };
  if (usable.length > 0) return { kind: "not-ready", reason: "changed" };

  const reasons = new Set(candidates.map((candidate) => whyNotReady(candidate, now)));
  const reason = nearestToReady.find((candidate) => reasons.has(candidate));
  return { kind: "not-ready", reason: reason ?? "no-certificate" };
}

export function newestFirst(a: CertificateCandidate, b: CertificateCandidate, now: Date): number {
  return (
    seenAt(b.entry, now) - seenAt(a.entry, now) ||
    issuedLater(a.entry.certificate, b.entry.certificate)
  );
}

/** The fingerprint only makes the order a definite one. */
function issuedLater(a: Certificate, b: Certificate): number {
  const later = b.notBefore.getTime() - a.notBefore.getTime();
  if (later !== 0 || a.fingerprint === b.fingerprint) return later;
  return a.fingerprint < b.fingerprint ? -1 : 1;
}

/**
 * The key that a draft is to be encrypted to: of this address, valid before expired, and the one that
 * the user chose or whose validity began last; else, with `named` false, of any address. null if no
 * key can be encrypted to.
 */
export function selectForDrafts(
  ownKeys: readonly OwnKey[],
  address: string,
  now: Date,
): { readonly own: OwnKey; readonly named: boolean } | null {
  const usable = ownKeys
    .filter(({ certificate }) => mailUses(certificate).has("encrypt"))
    .sort(inOrderOfUse);
  const isNamed = ({ certificate }: OwnKey) =>
    certificate.addresses.some((name) => sameAddress(name, address));
  const best = (keys: readonly OwnKey[]) =>
    keys.find(({ certificate }) => validityAt(certificate, now) === "valid") ?? keys[0];
  const named = best(usable.filter(isNamed));
  const own = named ?? best(usable);
  return own === undefined ? null : { own, named: named !== undefined };
}

/** The one chosen last comes first, then the one whose validity began last. */
function inOrderOfUse(a: OwnKey, b: OwnKey): number {
  return preferredTime(b) - preferredTime(a) || issuedLater(a.certificate, b.certificate);
}

/** In milliseconds; 0 for one that was never chosen. */
function preferredTime(own: OwnKey | null): number {
  return own?.preferredAt?.getTime() ?? 0;
}

export interface OwnSelection {
  readonly signing: OwnKey | null;
  readonly encryption: OwnKey | null;
  /** The newest key whose end is the reason why one of the two is missing. */
  readonly lapsed: OwnKey | null;
}

/**
 * The keys that write and read for an address: valid, fit for the use, the one that the user chose
 * last, else the one whose validity began last. The signing certificate is also the one to be
 * encrypted to if it can be, unless the user chose another one since: then a single certificate
 * travels, and programs that know only one per contact cope.
 */
export function selectOwn(ownKeys: readonly OwnKey[], address: string, now: Date): OwnSelection {
  const named = ownKeys
    .filter(({ certificate }) => certificate.addresses.some((name) => sameAddress(name, address)))
    .sort(inOrderOfUse);
  const newest = (use: MailUse, validity: "valid" | "expired") =>
    named.find(
      ({ certificate }) =>
        mailUses(certificate).has(use) && validityAt(certificate, now) === validity,
    ) ?? null;

  const signing = newest("sign", "valid");
  const first = newest("encrypt", "valid");
  const both =
    signing !== null &&
    mailUses(signing.certificate).has("encrypt") &&
    preferredTime(signing) >= preferredTime(first);
  const encryption = both ? signing : first;
  return {
    signing,
    encryption,
    lapsed:
      (signing === null ? newest("sign", "expired") : null) ??
      (encryption === null ? newest("encrypt", "expired") : null),
  };
}
