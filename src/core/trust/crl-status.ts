import type { Crl, CrlEntry } from "../asn1/crl.ts";
import { sameName } from "../asn1/distinguished-name.ts";
import { ALL_REASONS, distributionPointsOf, fullNames } from "../asn1/distribution-points.ts";
import type { DistributionPoint } from "../asn1/distribution-points.ts";
import type { GeneralName } from "../asn1/general-names.ts";
import type { Certificate } from "./certificate.ts";
import type { RevocationStatus } from "./revocation.ts";

export interface CrlContext {
  readonly crls: readonly Crl[];
  readonly at: Date;
  /** Whether the list was signed by who may sign it (RFC 5280, 6.3.3, f and g). */
  readonly isGenuine: (crl: Crl) => Promise<boolean>;
}

/**
 * What revocation lists say of a certificate: RFC 5280, 6.3.3. Being listed in any genuine list
 * counts, even in an old one that a newer one leaves out, unless it was only on hold; not being
 * listed counts only in lists that are current and that together are about every reason for which
 * the certificate might have been revoked.
 */
export async function crlStatus(
  certificate: Certificate,
  context: CrlContext,
): Promise<RevocationStatus> {
  const search = new CrlSearch(certificate, context);
  const own = { kind: "directoryName", name: certificate.issuer } as const;
  const points = [
    ...(distributionPointsOf(certificate) ?? []),
    { name: { full: [own], relative: null }, reasons: ALL_REASONS, crlIssuer: [] },
  ];
  const newestFirst = [...context.crls].sort(
    (one, other) => other.thisUpdate.getTime() - one.thisUpdate.getTime(),
  );
  for (const point of points)
    for (const crl of newestFirst) {
      if (crl.deltaBase !== null || !search.isFor(crl, point)) continue;
      const revoked = await search.consider(crl, point.reasons);
      if (revoked !== null) return revoked;
    }
  return search.conclude();
}

class CrlSearch {
  /** Reasons for which it is known not to be revoked. */
  private reasons = 0;
  private asOf: Date | null = null;
  private readonly certificate: Certificate;
  private readonly context: CrlContext;

  constructor(certificate: Certificate, context: CrlContext) {
    this.certificate = certificate;
    this.context = context;
  }

  conclude(): RevocationStatus {
    return this.reasons === ALL_REASONS && this.asOf !== null
      ? { kind: "good", source: "crl", asOf: this.asOf }
      : { kind: "unknown" };
  }

  /** Section 6.3.3, b: issuer and scope. */
  isFor(crl: Crl, point: DistributionPoint): boolean {
    const { certificate } = this;
    const byAnother = point.crlIssuer.length > 0;
    if (byAnother ? crl.scope?.indirect !== true : !sameName(crl.issuer, certificate.issuer))
      return false;
    const own: GeneralName = { kind: "directoryName", name: crl.issuer };
    if (byAnother && !point.crlIssuer.some((name) => sameGeneralName(name, own))) return false;
    const { scope } = crl;
    if (scope === null) return true;
    const isAuthority = certificate.basicConstraints?.authority === true;
    if (scope.onlyAttributeCertificates) return false;
    if (isAuthority ? scope.onlyUserCertificates : scope.onlyAuthorityCertificates) return false;
    if (scope.name === null) return true;
    const wanted = point.name === null ? point.crlIssuer : fullNames(point.name, crl.issuer);
    return fullNames(scope.name, crl.issuer).some((name) =>
      wanted.some((other) => sameGeneralName(name, other)),
    );
  }

  /** The revocation, or null, and then `reasons` has those added for which there is none. */
  async consider(complete: Crl, pointReasons: number): Promise<RevocationStatus | null> {
    const reasons = pointReasons & (complete.scope?.reasons ?? ALL_REASONS);
    const known = (reasons & ~this.reasons) === 0;
    const listed = this.entryIn(complete);
    if (known && (listed === null || listed.reason === "certificateHold")) return null;
    if (!(await this.context.isGenuine(complete))) return null;
    const delta = await this.deltaFor(complete);
    const inDelta = delta === null ? null : this.entryIn(delta);
    const entry = inDelta ?? listed;
    if (entry !== null && entry.reason !== "removeFromCRL" && this.counts(entry))
      return {
        kind: "revoked",
        source: "crl",
        since: entry.revocationDate,
        reason: entry.reason,
      };
    const newest = delta ?? complete;
    const readable = !complete.unknownCritical && delta?.unknownCritical !== true;
    if (readable && this.isCurrent(newest)) {
      this.reasons |= reasons;
      if (this.asOf === null || newest.thisUpdate < this.asOf) this.asOf = newest.thisUpdate;
    }
    return null;
  }

  private entryIn(crl: Crl): CrlEntry | null {
    return crl.entry(this.certificate.issuer, this.certificate.serialNumber);
  }

  /** Revoked later than the time that is asked about is not revoked then. */
  private counts({ revocationDate, invalidityDate }: CrlEntry): boolean {
    const { at } = this.context;
    return revocationDate <= at || (invalidityDate !== null && invalidityDate <= at);
  }

  /** The newest current list of changes to this one: section 6.3.3, c and 5.2.4. */
  private async deltaFor(complete: Crl): Promise<Crl | null> {
    const { number } = complete;
    if (number === null) return null;
    const deltas = this.context.crls
      .filter(
        (crl) =>
          crl.deltaBase !== null &&
          crl.deltaBase <= number &&
          crl.number !== null &&
          crl.number >= number &&
          crl.series === complete.series &&
          sameName(crl.issuer, complete.issuer) &&
          this.isCurrent(crl),
      )
      .sort((one, other) => other.thisUpdate.getTime() - one.thisUpdate.getTime());
    for (const delta of deltas) if (await this.context.isGenuine(delta)) return delta;
    return null;
  }

  private isCurrent({ thisUpdate, nextUpdate }: Crl): boolean {
    const { at } = this.context;
    return thisUpdate <= at && nextUpdate !== null && at <= nextUpdate;
  }
}

function sameGeneralName(one: GeneralName, other: GeneralName): boolean {
  if (one.kind === "directoryName" && other.kind === "directoryName")
    return sameName(one.name, other.name);
  if (one.kind === "uri" && other.kind === "uri") return one.uri === other.uri;
  if (one.kind === "dnsName" && other.kind === "dnsName")
    return one.domain.toLowerCase() === other.domain.toLowerCase();
  return false;
}
