import { SmimeError } from "../errors.ts";
import type { DistinguishedName } from "../trust/certificate.ts";
import { extensionIds, extensionsIn, signedFields } from "./certificate-fields.ts";
import type { Extension, SignedFields } from "./certificate-fields.ts";
import { distinguishedName, nameKey } from "./distinguished-name.ts";
import { distributionPoints, issuingDistributionPoint } from "./distribution-points.ts";
import type { DistributionPoint, IssuingDistributionPoint } from "./distribution-points.ts";
import { generalName } from "./general-names.ts";
import { pemBlocks } from "./pem.ts";
import { explicitIn, onlyTlv, partsInOrder, wholeTlv } from "./strict-der.ts";
import { children, contentOf, contextTag, malformed, partsOf, tags, type Tlv } from "./tlv.ts";
import { integerHexIn, smallIntegerIn, timeIn } from "./values.ts";

/** A certificate revocation list (RFC 5280, 5); nothing in it is believed yet. */
export interface Crl extends SignedFields {
  readonly der: Uint8Array;
  readonly issuer: DistinguishedName;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  /** null in lists of version 1. */
  readonly number: bigint | null;
  /** The number of the list that this one only adds to; null for a complete list. */
  readonly deltaBase: bigint | null;
  readonly scope: IssuingDistributionPoint | null;
  /** Where the lists of changes to this one are. */
  readonly freshest: readonly DistributionPoint[];
  /** Encoded scope and key identifier, for telling which delta goes with which list. */
  readonly series: string;
  /** A critical extension, of the list or of any entry, that nobody here processes. */
  readonly unknownCritical: boolean;
  /** @param issuer of the certificate */
  entry(issuer: DistinguishedName, serialNumber: string): CrlEntry | null;
}

export interface CrlEntry {
  readonly revocationDate: Date;
  readonly reason: RevocationReason | null;
  /** When the key is known or thought to have been out of its owner's hands. */
  readonly invalidityDate: Date | null;
}

/** CRLReason (RFC 5280, 5.3.1), by number. */
export const revocationReasons = [
  "unspecified",
  "keyCompromise",
  "cACompromise",
  "affiliationChanged",
  "superseded",
  "cessationOfOperation",
  "certificateHold",
  null,
  "removeFromCRL",
  "privilegeWithdrawn",
  "aACompromise",
] as const;

export type RevocationReason = NonNullable<(typeof revocationReasons)[number]>;

const ids = {
  crlNumber: "2.5.29.20",
  reasonCode: "2.5.29.21",
  invalidityDate: "2.5.29.24",
  deltaCrlIndicator: "2.5.29.27",
  issuingDistributionPoint: "2.5.29.28",
  certificateIssuer: "2.5.29.29",
} as const;

/** All others must not be critical, or are unknown. */
const mayBeCritical: readonly string[] = [ids.deltaCrlIndicator, ids.issuingDistributionPoint];
const mayBeCriticalInEntries: readonly string[] = [
  ids.reasonCode,
  ids.invalidityDate,
  ids.certificateIssuer,
];

const ENUMERATED = 0x0a;
/** Of the largest authorities' lists; a list beyond it says nothing. */
const MAX_OCTETS = 1 << 25;

/** One list, DER. @throws SmimeError cms-malformed, message-too-complex */
export function parseCrl(bytes: Uint8Array): Crl {
  if (bytes.length > MAX_OCTETS) throw new SmimeError("message-too-complex");
  const der = Uint8Array.from(bytes);
  const [tbs, outer, signature] = partsInOrder(onlyTlv(der), tags.sequence, [
    tags.sequence,
    tags.sequence,
    tags.bitString,
  ]);
  if (tbs === undefined) throw malformed("revocation list");
  const parts = [...children(tbs)];
  const take = (...anyOf: readonly number[]) =>
    parts[0] !== undefined && anyOf.includes(parts[0].tag) ? parts.shift() : undefined;
  const version = take(tags.integer);
  if (version !== undefined && smallIntegerIn(version) !== 1) throw malformed("version");
  const inner = take(tags.sequence);
  const issuer = take(tags.sequence);
  if (issuer === undefined) throw malformed("revocation list");
  const thisUpdate = timeIn(take(tags.utcTime, tags.generalizedTime));
  const nextUpdate = take(tags.utcTime, tags.generalizedTime);
  const revoked = take(tags.sequence);
  const explicit = take(contextTag(0, true));
  if (parts.length > 0) throw malformed("part that has no place");
  const extensions = explicit === undefined ? [] : extensionsIn(explicitIn(explicit));
  const value = <T>(id: string, parse: (element: Tlv) => T): T | null => {
    const found = extensions.find((extension) => extension.id === id);
    return found === undefined ? null : parse(wholeTlv(found.value));
  };
  const scope = value(ids.issuingDistributionPoint, issuingDistributionPoint);
  const name = distinguishedName(issuer);
  const entries = entriesIn(revoked === undefined ? [] : children(revoked), name, scope);
  return {
    ...signedFields(tbs, inner, outer, signature),
    der,
    issuer: name,
    thisUpdate,
    nextUpdate: nextUpdate === undefined ? null : timeIn(nextUpdate),
    number: value(ids.crlNumber, positiveInteger),
    deltaBase: value(ids.deltaCrlIndicator, positiveInteger),
    scope,
    freshest: value(extensionIds.freshestCRL, distributionPoints) ?? [],
    series: [ids.issuingDistributionPoint, extensionIds.authorityKeyIdentifier]
      .map((id) => extensions.find((extension) => extension.id === id)?.value.join() ?? "")
      .join(";"),
    unknownCritical: hasUnknownCritical(extensions, mayBeCritical) || entries.unknownCritical,
    entry: (certificateIssuer, serialNumber) =>
      entries.bySerial.get(entryKey(nameKey(certificateIssuer), serialNumber)) ?? null,
  };
}

/** All lists of a PEM file, or the one of a DER file. @throws SmimeError cms-malformed */
export function parsePemOrDerCrls(file: Uint8Array): Crl[] {
  const blocks = pemBlocks(file, ["X509 CRL"]);
  return blocks.length === 0 ? [parseCrl(file)] : blocks.map(parseCrl);
}

interface Entries {
  readonly bySerial: ReadonlyMap<string, CrlEntry>;
  readonly unknownCritical: boolean;
}

/**
 * In an indirect list each entry is of the certificate issuer that it names, or that the last one
 * before it named (RFC 5280, 5.3.3).
 */
function entriesIn(
  revoked: readonly Tlv[],
  crlIssuer: DistinguishedName,
  scope: IssuingDistributionPoint | null,
): Entries {
  const bySerial = new Map<string, CrlEntry>();
  let unknownCritical = false;
  let issuer = nameKey(crlIssuer);
  for (const entry of revoked) {
    const [serialNumber, date, more] = partsOf(entry, tags.sequence);
    const extensions = more === undefined ? [] : extensionsIn(more);
    unknownCritical ||= hasUnknownCritical(extensions, mayBeCriticalInEntries);
    const value = (id: string) => {
      const found = extensions.find((extension) => extension.id === id);
      return found === undefined ? null : wholeTlv(found.value);
    };
    const named = value(ids.certificateIssuer);
    if (named !== null) {
      // Only there it means anything; elsewhere it would move entries to another issuer.
      if (scope?.indirect !== true) unknownCritical = true;
      issuer = issuerIn(named);
    }
    const reason = value(ids.reasonCode);
    const invalid = value(ids.invalidityDate);
    bySerial.set(entryKey(issuer, integerHexIn(serialNumber)), {
      revocationDate: timeIn(date),
      reason: reason === null ? null : reasonIn(reason),
      invalidityDate: invalid === null ? null : timeIn(invalid),
    });
  }
  return { bySerial, unknownCritical };
}

function entryKey(issuer: string, serialNumber: string): string {
  return `${serialNumber} ${issuer}`;
}

function issuerIn(tlv: Tlv): string {
  for (const name of partsOf(tlv, tags.sequence).map(generalName))
    if (name.kind === "directoryName") return nameKey(name.name);
  throw malformed("certificate issuer");
}

function reasonIn(tlv: Tlv): RevocationReason | null {
  if (tlv.tag !== ENUMERATED) throw malformed("reason");
  return revocationReasons[smallIntegerIn({ ...tlv, tag: tags.integer })] ?? null;
}

function positiveInteger(tlv: Tlv): bigint {
  const hex = integerHexIn(tlv);
  if (hex === "" || contentOf(tlv).length > 21) throw malformed("number of a revocation list");
  return BigInt(`0x${hex}`);
}

function hasUnknownCritical(
  extensions: readonly Extension[],
  processed: readonly string[],
): boolean {
  return extensions.some(({ id, critical }) => critical && !processed.includes(id));
}
