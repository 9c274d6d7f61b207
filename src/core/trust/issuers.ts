import { sameName } from "../asn1/distinguished-name.ts";
import { equalOctets } from "../octets.ts";
import type { Certificate } from "./certificate.ts";
import type { TrustAnchor } from "./path.ts";
import { validityAt } from "./uses.ts";

/** In certificates, leaf and anchor included. Real hierarchies stay far below. */
export const MAX_PATH_LENGTH = 12;

/** A certificate whose name is that of another's issuer. */
export interface IssuerCandidate {
  readonly certificate: Certificate;
  /** null for an intermediate. */
  readonly anchor: TrustAnchor | null;
  readonly keyIdentifier: "matches" | "unknown" | "differs";
}

/** RFC 5280, 4.2.1.1: key identifiers help to choose, but rule nothing out by themselves. */
function compareKeyIdentifiers(
  { authorityKeyIdentifier: wanted }: Certificate,
  { subjectKeyIdentifier: offered }: Certificate,
): IssuerCandidate["keyIdentifier"] {
  if (wanted === null || offered === null) return "unknown";
  return equalOctets(wanted, offered) ? "matches" : "differs";
}

/** Everything that may have issued the certificate by its name, the most promising first. */
export function issuerCandidates(
  certificate: Certificate,
  from: {
    readonly intermediates: readonly Certificate[];
    readonly anchors: readonly TrustAnchor[];
    readonly at: Date;
  },
): IssuerCandidate[] {
  const candidates = [
    ...from.anchors.map((anchor) => ({ certificate: anchor.certificate, anchor })),
    ...from.intermediates.map((intermediate) => ({ certificate: intermediate, anchor: null })),
  ]
    .filter(({ certificate: { subject } }) => sameName(subject, certificate.issuer))
    .map((candidate) => ({
      ...candidate,
      keyIdentifier: compareKeyIdentifiers(certificate, candidate.certificate),
    }));
  const order = (candidate: IssuerCandidate): number[] => [
    ["matches", "unknown", "differs"].indexOf(candidate.keyIdentifier),
    validityAt(candidate.certificate, from.at) === "valid" ? 0 : 1,
    candidate.anchor === null ? 1 : 0,
    -candidate.certificate.notAfter.getTime(),
  ];
  return candidates.sort((one, other) => {
    const [left, right] = [order(one), order(other)];
    return left.map((value, at) => value - (right[at] ?? 0)).find((value) => value !== 0) ?? 0;
  });
}

export function sameNameAndKey(one: Certificate, other: Certificate): boolean {
  return (
    equalOctets(one.publicKey.spki, other.publicKey.spki) && sameName(one.subject, other.subject)
  );
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
  const above: Certificate[] = [];
  let last = leaf;
  while (above.length < MAX_PATH_LENGTH) {
    const issuer = issuerCandidates(last, { intermediates, anchors: [], at: leaf.notBefore }).find(
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
