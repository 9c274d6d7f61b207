import { equalOctets } from "../octets.ts";
import { booleanIn, wholeTlv } from "./certificate-values.ts";
import { encodingOf, expectOctets, explicitPart, malformed, partsOf, tags } from "./tlv.ts";
import type { Tlv } from "./tlv.ts";
import { contextTag } from "./tlv.ts";
import { algorithmIn, bitStringIn, oidIn, smallIntegerIn } from "./values.ts";
import type { AlgorithmIdentifier } from "./values.ts";

/** The parts of an encoded certificate (RFC 5280, 4.1), not yet interpreted. */
export interface CertificateFields {
  /** TBSCertificate exactly as it was read: what the signature covers. */
  readonly tbs: Uint8Array;
  readonly serialNumber: Tlv;
  readonly issuer: Tlv;
  readonly validity: Tlv;
  readonly subject: Tlv;
  readonly subjectPublicKeyInfo: Tlv;
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: AlgorithmIdentifier;
  /** Whether the algorithm inside the signed part is the one beside the signature (4.1.1.2). */
  readonly algorithmsAgree: boolean;
  readonly signature: Uint8Array;
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

/** @throws SmimeError cms-malformed */
export function certificateFields(der: Uint8Array): CertificateFields {
  const [tbs, signatureAlgorithm, signature, ...more] = partsOf(wholeTlv(der), tags.sequence);
  const parts = [...partsOf(tbs, tags.sequence)];
  const version = parts[0]?.tag === contextTag(0, true) ? parts.shift() : undefined;
  const [serialNumber, algorithm, issuer, validity, subject, publicKey, ...optional] = parts;
  if (
    tbs === undefined ||
    serialNumber === undefined ||
    issuer === undefined ||
    validity === undefined ||
    subject === undefined ||
    publicKey === undefined ||
    more.length > 0 ||
    (version !== undefined && smallIntegerIn(explicitPart(version)) > 2)
  )
    throw malformed("certificate");
  const outer = algorithmIn(signatureAlgorithm);
  return {
    tbs: encodingOf(tbs),
    serialNumber,
    issuer,
    validity,
    subject,
    subjectPublicKeyInfo: publicKey,
    extensions: extensions(optional),
    signatureAlgorithm: outer,
    algorithmsAgree: equalOctets(encodingOf(algorithmIn(algorithm).tlv), encodingOf(outer.tlv)),
    signature: bitStringIn(signature),
  };
}

/** issuerUniqueID [1] and subjectUniqueID [2] carry nothing that is used. */
function extensions(optional: readonly Tlv[]): Extension[] {
  let last = 0;
  let found: Extension[] = [];
  for (const element of optional) {
    const number = element.tag & 0x1f;
    if ((element.tag & 0xc0) !== 0x80 || number <= last || number > 3)
      throw malformed("certificate");
    last = number;
    if (number === 3) found = partsOf(explicitPart(element), tags.sequence).map(extension);
  }
  if (new Set(found.map(({ id }) => id)).size !== found.length)
    throw malformed("extension given twice");
  return found;
}

function extension(element: Tlv): Extension {
  const [id, second, third, ...more] = partsOf(element, tags.sequence);
  if (second === undefined || more.length > 0) throw malformed("extension");
  return {
    id: oidIn(id),
    critical: third !== undefined && booleanIn(second),
    value: expectOctets(third ?? second),
  };
}
