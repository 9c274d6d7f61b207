import { nameKey, sameName } from "../asn1/distinguished-name.ts";
import { equalOctets } from "../octets.ts";
import type { Certificate } from "./certificate.ts";
import type { TrustAnchor } from "./path.ts";
import { hasMailPurpose, validityAt } from "./uses.ts";

/** In certificates, leaf and anchor included. Real hierarchies stay far below. */
export const MAX_PATH_LENGTH = 12;

/** A certificate whose name is that of another's issuer. */
export interface IssuerCandidate {
  readonly certificate: Certificate;
  /** null for an intermediate. */
  readonly anchor: TrustAnchor | null;
  readonly keyIdentifier: "matches" | "unknown" | "differs";
}

type Known = Omit<IssuerCandidate, "keyIdentifier">;

/** What may have issued certificates, by name, so that a flood of others costs nothing. */
export class IssuerIndex {
  private readonly bySubject = new Map<string, Known[]>();

  constructor(from: {
    readonly intermediates: readonly Certificate[];
    readonly anchors: readonly TrustAnchor[];
  }) {
    for (const anchor of from.anchors)
      if (anchor.kind !== "certificate") this.add({ certificate: anchor.certificate, anchor });
    const seen = new Set<string>();
    for (const certificate of from.intermediates) {
      if (seen.has(certificate.fingerprint)) continue;
      seen.add(certificate.fingerprint);
      this.add({ certificate, anchor: null });
    }
  }

  private add(known: Known): void {
    const key = nameKey(known.certificate.subject);
    const others = this.bySubject.get(key);
    if (others === undefined) this.bySubject.set(key, [known]);
    else others.push(known);
  }

  /** Everything that may have issued the certificate by its name, the most promising first. */
  candidates(certificate: Certificate, at: Date): IssuerCandidate[] {
    return (this.bySubject.get(nameKey(certificate.issuer)) ?? [])
      .map((known) => {
        const keyIdentifier = compareKeyIdentifiers(certificate, known.certificate);
        const candidate = { ...known, keyIdentifier };
        return { candidate, order: orderOf(candidate, at) };
      })
      .sort((one, other) => {
        const at = one.order.findIndex((value, index) => value !== other.order[index]);
        return at === -1 ? 0 : (one.order[at] ?? 0) - (other.order[at] ?? 0);
      })
      .map(({ candidate }) => candidate);
  }
}

/** Lower comes first. */
function orderOf({ certificate, anchor, keyIdentifier }: IssuerCandidate, at: Date): number[] {
  const { basicConstraints, keyUsage } = certificate;
  const usable =
    validityAt(certificate, at) === "valid" &&
    (anchor !== null || basicConstraints?.authority === true) &&
    (keyUsage === null || keyUsage.has("keyCertSign")) &&
    hasMailPurpose(certificate);
  return [
    ["matches", "unknown", "differs"].indexOf(keyIdentifier),
    usable ? 0 : 1,
    anchor === null ? 1 : 0,
    -certificate.notAfter.getTime(),
  ];
}

/** RFC 5280, 4.2.1.1: key identifiers help to choose, but rule nothing out by themselves. */
function compareKeyIdentifiers(
  { authorityKeyIdentifier: wanted }: Certificate,
  { subjectKeyIdentifier: offered }: Certificate,
): IssuerCandidate["keyIdentifier"] {
  if (wanted === null || offered === null) return "unknown";
  return equalOctets(wanted, offered) ? "matches" : "differs";
}

/** By its names: nobody but its subject vouches for it. */
export function isSelfSigned({ subject, issuer }: Certificate): boolean {
  return sameName(subject, issuer);
}

export function sameNameAndKey(one: Certificate, other: Certificate): boolean {
  return (
    equalOctets(one.publicKey.spki, other.publicKey.spki) && sameName(one.subject, other.subject)
  );
}

/** What one message brings along for its own certificate; real hierarchies are far smaller. */
const MAX_KEPT_AUTHORITIES = 16;

/**
 * Those of the offered certificates that may complete a path from this one, nearest first: every
 * authority that may have issued it, or another one of these, by its name. What else a message
 * carries is of no use to it.
 */
export function usefulAuthorities(
  leaf: Certificate,
  offered: readonly Certificate[],
): readonly Certificate[] {
  const index = new IssuerIndex({ intermediates: offered, anchors: [] });
  const found = new Set<Certificate>();
  const looking = [leaf];
  for (const certificate of looking) {
    for (const { certificate: issuer, keyIdentifier } of index.candidates(
      certificate,
      leaf.notBefore,
    )) {
      if (found.size >= MAX_KEPT_AUTHORITIES) return [...found];
      const authority = issuer.basicConstraints?.authority === true;
      if (!authority || keyIdentifier === "differs" || found.has(issuer)) continue;
      found.add(issuer);
      looking.push(issuer);
    }
  }
  return [...found];
}

/**
 * The authorities known above a certificate, nearest first, as far as they go. By names and key
 * identifiers only: enough to send a chain along or to offer its end for trusting, since a wrong
 * guess completes no path.
 */
export function authoritiesAbove(
  leaf: Certificate,
  intermediates: readonly Certificate[],
): Certificate[] {
  const index = new IssuerIndex({ intermediates, anchors: [] });
  const above: Certificate[] = [];
  let last = leaf;
  while (above.length < MAX_PATH_LENGTH) {
    const issuer = index
      .candidates(last, leaf.notBefore)
      .find(
        ({ certificate, keyIdentifier }) =>
          keyIdentifier !== "differs" &&
          certificate.basicConstraints?.authority === true &&
          !above.some((known) => sameNameAndKey(known, certificate)),
      );
    if (issuer === undefined) break;
    above.push(issuer.certificate);
    last = issuer.certificate;
  }
  return above;
}
