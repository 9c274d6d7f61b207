import { equalOctets } from "../octets.ts";
import { booleanIn } from "./certificate-values.ts";
import { explicitIn, partsInOrder, wholeTlv } from "./strict-der.ts";
import {
  contentOf,
  contextTag,
  encodingOf,
  expectOctets,
  expectTag,
  malformed,
  partsOf,
  tags,
  type Tlv,
} from "./tlv.ts";
import { algorithmIn, integerHexIn, oidIn, smallIntegerIn, timeIn } from "./values.ts";
import type { AlgorithmIdentifier } from "./values.ts";

/** What path validation needs of an encoded certificate (RFC 5280, 4.1), not yet interpreted. */
export interface CertificateFields extends SignedFields {
  /** 1, 2 or 3. */
  readonly version: number;
  readonly extensions: readonly Extension[];
}

/** What certificates, revocation lists and OCSP responses have in common. */
export interface SignedFields {
  /** The signed part exactly as it was read. */
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  /** Whether the algorithm inside the signed part is the one beside the signature (4.1.1.2). */
  readonly algorithmsAgree: boolean;
  readonly signature: Uint8Array;
}

/** All parts of a certificate. */
export interface CertificateParts {
  readonly fields: CertificateFields;
  /** As `Certificate.serialNumber`. */
  readonly serialNumber: string;
  readonly issuer: Tlv;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: Tlv;
  /** Encoded as it was read. */
  readonly subjectPublicKeyInfo: Uint8Array;
}

export interface Extension {
  readonly id: string;
  readonly critical: boolean;
  /** What the extension's OCTET STRING holds. */
  readonly value: Uint8Array;
}

export const extensionIds = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAlternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  cRLDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  policyMappings: "2.5.29.33",
  authorityKeyIdentifier: "2.5.29.35",
  policyConstraints: "2.5.29.36",
  extendedKeyUsage: "2.5.29.37",
  freshestCRL: "2.5.29.46",
  inhibitAnyPolicy: "2.5.29.54",
  authorityInformationAccess: "1.3.6.1.5.5.7.1.1",
} as const;

/** issuerUniqueID [1] and subjectUniqueID [2] carry nothing that is used. */
const tbsOrder = [
  contextTag(0, true),
  tags.integer,
  tags.sequence,
  tags.sequence,
  tags.sequence,
  tags.sequence,
  tags.sequence,
  contextTag(1, false),
  contextTag(2, false),
  contextTag(3, true),
];

const known = new WeakMap<Uint8Array, CertificateFields>();

/** Remembered for the very array, which must not change. @throws SmimeError cms-malformed */
export function certificateFields(der: Uint8Array): CertificateFields {
  return known.get(der) ?? certificateParts(der).fields;
}

/** @throws SmimeError cms-malformed */
export function certificateParts(der: Uint8Array): CertificateParts {
  const [tbs, outer, signature] = partsInOrder(wholeTlv(der), tags.sequence, [
    tags.sequence,
    tags.sequence,
    tags.bitString,
  ]);
  if (tbs === undefined) throw malformed("certificate");
  const [version, serialNumber, inner, issuer, validity, subject, publicKey, , , extensions] =
    partsInOrder(tbs, tags.sequence, tbsOrder);
  if (issuer === undefined || subject === undefined || publicKey === undefined)
    throw malformed("certificate");
  const number = version === undefined ? 0 : smallIntegerIn(explicitIn(version));
  if (number > 2 || (number < 2 && extensions !== undefined)) throw malformed("version");
  const [notBefore, notAfter, ...more] = partsOf(validity, tags.sequence);
  if (more.length > 0) throw malformed("validity");
  const fields = {
    ...signedFields(tbs, inner, outer, signature),
    version: number + 1,
    extensions: extensions === undefined ? [] : extensionsIn(explicitIn(extensions)),
  };
  known.set(der, fields);
  return {
    fields,
    serialNumber: integerHexIn(serialNumber),
    issuer,
    notBefore: timeIn(notBefore),
    notAfter: timeIn(notAfter),
    subject,
    subjectPublicKeyInfo: encodingOf(publicKey),
  };
}

/** @param inner the algorithm as the signed part repeats it */
export function signedFields(
  tbs: Tlv,
  inner: Tlv | undefined,
  outer: Tlv | undefined,
  signature: Tlv | undefined,
): SignedFields {
  const signatureAlgorithm = algorithmIn(outer);
  return {
    tbs: encodingOf(tbs),
    signatureAlgorithm,
    algorithmsAgree: equalOctets(
      encodingOf(algorithmIn(inner).tlv),
      encodingOf(signatureAlgorithm.tlv),
    ),
    signature: wholeOctets(signature),
  };
}

/** A signature of broken octets is a wrong one; what it is beside can be read all the same. */
function wholeOctets(bitString: Tlv | undefined): Uint8Array {
  const content = contentOf(expectTag(bitString, tags.bitString));
  return content[0] === 0 ? content.subarray(1) : new Uint8Array(0);
}

/** Extensions (RFC 5280, 4.1); each may be there once (4.2). @throws SmimeError cms-malformed */
export function extensionsIn(tlv: Tlv | undefined): Extension[] {
  const found = partsOf(tlv, tags.sequence).map((extension) => {
    const [id, critical, value] = partsInOrder(extension, tags.sequence, [
      tags.oid,
      tags.boolean,
      tags.octetString,
    ]);
    return {
      id: oidIn(id),
      critical: critical !== undefined && booleanIn(critical),
      value: expectOctets(value),
    };
  });
  if (new Set(found.map(({ id }) => id)).size !== found.length)
    throw malformed("extension given twice");
  return found;
}
