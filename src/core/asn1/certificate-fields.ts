import * as pkijs from "pkijs";
import { equalOctets } from "../octets.ts";
import {
  blocksIn,
  blocksInOrder,
  onlyBlock,
  structured,
  tlvOf,
  wholeBlock,
} from "./bounded-ber.ts";
import type { Block } from "./bounded-ber.ts";
import { booleanIn } from "./certificate-values.ts";
import type { EncodedName } from "./distinguished-name.ts";
import { contextTag, encodingOf, malformed, tags } from "./tlv.ts";
import { algorithmIn, bitStringIn, integerHexIn, oidIn, smallIntegerIn, timeIn } from "./values.ts";
import type { AlgorithmIdentifier } from "./values.ts";

/** What path validation needs of an encoded certificate (RFC 5280, 4.1), not yet interpreted. */
export interface CertificateFields {
  /** TBSCertificate exactly as it was read: what the signature covers. */
  readonly tbs: Uint8Array;
  readonly extensions: readonly Extension[];
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
  readonly issuer: EncodedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: EncodedName;
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
  certificatePolicies: "2.5.29.32",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
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

/** Without the objects of pkijs, which weigh far more than the certificate. */
const known = new WeakMap<Uint8Array, CertificateFields>();

/** Remembered for the very array, which must not change. @throws SmimeError cms-malformed */
export function certificateFields(der: Uint8Array): CertificateFields {
  return known.get(der) ?? certificateParts(der).fields;
}

/** @throws SmimeError cms-malformed */
export function certificateParts(der: Uint8Array): CertificateParts {
  const root = wholeBlock(der);
  const certificate = structured(() => new pkijs.Certificate({ schema: root }));
  const [tbs, outer, signature] = blocksInOrder(root, [
    tags.sequence,
    tags.sequence,
    tags.bitString,
  ]);
  if (tbs === undefined) throw malformed("certificate");
  const [version, serialNumber, inner, issuer, validity, subject, publicKey, , , extensions] =
    blocksInOrder(tbs, tbsOrder);
  if (issuer === undefined || validity === undefined || subject === undefined)
    throw malformed("certificate");
  if (version !== undefined && smallIntegerIn(tlvOf(onlyBlock(version))) > 2)
    throw malformed("certificate version");
  if (extensions !== undefined) blocksIn(onlyBlock(extensions)).forEach(requireWholeExtension);
  const [notBefore, notAfter] = blocksIn(validity);
  const signatureAlgorithm = algorithmIn(tlvOf(outer));
  const fields = {
    tbs: certificate.tbsView,
    extensions: extensionsOf(certificate),
    signatureAlgorithm,
    algorithmsAgree: equalOctets(
      encodingOf(algorithmIn(tlvOf(inner)).tlv),
      encodingOf(signatureAlgorithm.tlv),
    ),
    signature: bitStringIn(tlvOf(signature)),
  };
  const parts = {
    fields,
    serialNumber: integerHexIn(tlvOf(serialNumber)),
    issuer: { block: issuer, name: certificate.issuer },
    notBefore: timeIn(tlvOf(notBefore)),
    notAfter: timeIn(tlvOf(notAfter)),
    subject: { block: subject, name: certificate.subject },
    subjectPublicKeyInfo: encodingOf(tlvOf(publicKey)),
  };
  known.set(der, fields);
  return parts;
}

function extensionsOf(certificate: pkijs.Certificate): Extension[] {
  const found = (certificate.extensions ?? []).map(({ extnID, critical, extnValue }) => ({
    id: extnID,
    critical,
    value: extnValue.valueBlock.valueHexView,
  }));
  if (new Set(found.map(({ id }) => id)).size !== found.length)
    throw malformed("extension given twice");
  return found;
}

/** What pkijs takes for an extension may have parts left over, and values of any length. */
function requireWholeExtension(extension: Block): void {
  const [id, critical] = blocksInOrder(extension, [tags.oid, tags.boolean, tags.octetString]);
  oidIn(tlvOf(id));
  if (critical !== undefined) booleanIn(tlvOf(critical));
}
