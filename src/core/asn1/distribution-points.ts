import { concatOctets } from "../octets.ts";
import type { Certificate, DistinguishedName } from "../trust/certificate.ts";
import { booleanIn, namedBitsIn } from "./certificate-values.ts";
import { extensionIds } from "./certificate-fields.ts";
import { der, derSequence } from "./der.ts";
import { distinguishedName } from "./distinguished-name.ts";
import { generalName } from "./general-names.ts";
import type { GeneralName } from "./general-names.ts";
import { extensionValue } from "./name-constraints.ts";
import { explicitIn, partsInOrder } from "./strict-der.ts";
import {
  children,
  contentOf,
  contextTag,
  malformed,
  partsOf,
  readTlv,
  tags,
  type Tlv,
} from "./tlv.ts";
import { oidIn } from "./values.ts";

/** Where revocation is told of: RFC 5280, 4.2.1.13, 4.2.1.15, 4.2.2.1, 5.2.5 and 5.2.6. */

/** Reasons of revocation as bits, bit 1 (2) for keyCompromise up to bit 8 (256). */
export const ALL_REASONS = 0x1fe;

export interface DistributionPointName {
  readonly full: readonly GeneralName[];
  /** A relative distinguished name below the CRL issuer's, encoded as a SET. */
  readonly relative: Uint8Array | null;
}

export interface DistributionPoint {
  readonly name: DistributionPointName | null;
  readonly reasons: number;
  /** Empty where the certificate's issuer is the one. */
  readonly crlIssuer: readonly GeneralName[];
}

export interface IssuingDistributionPoint {
  readonly name: DistributionPointName | null;
  readonly onlyUserCertificates: boolean;
  readonly onlyAuthorityCertificates: boolean;
  readonly onlyAttributeCertificates: boolean;
  readonly reasons: number;
  readonly indirect: boolean;
}

const MAX_POINTS = 100;

/** null where the certificate has no such extension. @throws SmimeError cms-malformed */
export function distributionPointsOf(
  certificate: Pick<Certificate, "der">,
): DistributionPoint[] | null {
  const value = extensionValue(certificate, extensionIds.cRLDistributionPoints);
  return value === null ? null : distributionPoints(value);
}

/** Where the lists of changes are; none without the extension. @throws SmimeError cms-malformed */
export function freshestPointsOf(certificate: Pick<Certificate, "der">): DistributionPoint[] {
  const value = extensionValue(certificate, extensionIds.freshestCRL);
  return value === null ? [] : distributionPoints(value);
}

/** CRLDistributionPoints. @throws SmimeError cms-malformed */
export function distributionPoints(tlv: Tlv): DistributionPoint[] {
  const points = partsOf(tlv, tags.sequence);
  if (points.length > MAX_POINTS) throw malformed("number of distribution points");
  return points.map((point) => {
    const [name, reasons, issuer] = partsInOrder(point, tags.sequence, [
      contextTag(0, true),
      contextTag(1, false),
      contextTag(2, true),
    ]);
    return {
      name: nameIn(name),
      reasons: reasonsIn(reasons),
      crlIssuer: issuer === undefined ? [] : children(issuer).map(generalName),
    };
  });
}

/** @throws SmimeError cms-malformed */
export function issuingDistributionPoint(tlv: Tlv): IssuingDistributionPoint {
  const [name, user, authority, reasons, indirect, attribute] = partsInOrder(tlv, tags.sequence, [
    contextTag(0, true),
    contextTag(1, false),
    contextTag(2, false),
    contextTag(3, false),
    contextTag(4, false),
    contextTag(5, false),
  ]);
  const flag = (part: Tlv | undefined) =>
    part !== undefined && booleanIn({ ...part, tag: tags.boolean });
  return {
    name: nameIn(name),
    onlyUserCertificates: flag(user),
    onlyAuthorityCertificates: flag(authority),
    onlyAttributeCertificates: flag(attribute),
    reasons: reasonsIn(reasons),
    indirect: flag(indirect),
  };
}

/** The names of a point; a relative one is completed with the name of the CRL's issuer. */
export function fullNames(
  name: DistributionPointName,
  issuer: DistinguishedName,
): readonly GeneralName[] {
  if (name.relative === null) return name.full;
  const whole = derSequence(concatOctets(contentOf(readTlv(issuer.der)), name.relative));
  return [{ kind: "directoryName", name: distinguishedName(readTlv(whole)) }];
}

/** The http addresses of an authority's OCSP responder (RFC 5280, 4.2.2.1), as written. */
export function ocspAddressesOf(certificate: Certificate): string[] {
  const value = extensionValue(certificate, extensionIds.authorityInformationAccess);
  if (value === null) return [];
  return partsOf(value, tags.sequence).flatMap((description) => {
    const [method, location] = partsOf(description, tags.sequence);
    if (oidIn(method) !== "1.3.6.1.5.5.7.48.1" || location === undefined) return [];
    const name = generalName(location);
    return name.kind === "uri" ? [name.uri] : [];
  });
}

function nameIn(tlv: Tlv | undefined): DistributionPointName | null {
  const choice = explicitIn(tlv);
  switch (choice?.tag) {
    case undefined:
      return null;
    case contextTag(0, true):
      return { full: children(choice).map(generalName), relative: null };
    case contextTag(1, true):
      return { full: [], relative: asSet(choice) };
    default:
      throw malformed("name of a distribution point");
  }
}

function asSet(implicit: Tlv): Uint8Array {
  return der(tags.set, contentOf(implicit));
}

function reasonsIn(tlv: Tlv | undefined): number {
  if (tlv === undefined) return ALL_REASONS;
  const [first = 0, second = 0] = namedBitsIn({ ...tlv, tag: tags.bitString });
  let mask = 0;
  for (let bit = 1; bit <= 8; bit++)
    if (((bit < 8 ? first : second) & (0x80 >> (bit & 7))) !== 0) mask |= 1 << bit;
  return mask;
}
