import { SmimeError } from "../errors.ts";
import { toDer } from "./der.ts";
import {
  children,
  contextTag,
  encodingOf,
  explicitPart,
  expectOctets,
  expectTag,
  malformed,
  octetsIn,
  partsOf,
  tags,
  type Tlv,
} from "./tlv.ts";
import { algorithmIn, integerHexIn, oidIn, type AlgorithmIdentifier } from "./values.ts";

/**
 * Read without pkijs, whose SignerInfo gives the signed attributes to be hashed in the order and
 * with the lengths that they came with, instead of in DER, and refuses signatures in segments.
 */

/** SignedData (RFC 5652, section 5) as it was received; nothing in it is believed yet. */
export interface SignedData {
  /** The type of what is signed. */
  readonly contentType: string;
  /** null if it is detached. */
  readonly content: Uint8Array | null;
  /** X.509 certificates, encoded; other kinds are left out. */
  readonly certificates: readonly Uint8Array[];
  /** CertificateLists, encoded. */
  readonly crls: readonly Uint8Array[];
  /** OCSPResponses (RFC 5940), encoded. */
  readonly ocspResponses: readonly Uint8Array[];
  readonly signers: readonly SignerInfo[];
}

/** How CMS names a certificate: SignerIdentifier, RecipientIdentifier. */
export type CertificateIdentifier =
  | {
      readonly kind: "issuer-and-serial";
      /** Encoded Name. */
      readonly issuer: Uint8Array;
      readonly serialNumber: string;
    }
  | { readonly kind: "subject-key-identifier"; readonly keyIdentifier: Uint8Array };

export interface SignerInfo {
  readonly identifier: CertificateIdentifier;
  readonly digestAlgorithm: AlgorithmIdentifier;
  readonly signedAttributes: SignedAttributes | null;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  /** Anybody may have added them. */
  readonly unsignedAttributes: readonly Attribute[];
}

export interface SignedAttributes {
  /** The bytes that are hashed: DER, as a SET OF (RFC 5652, section 5.4). */
  readonly der: Uint8Array;
  readonly attributes: readonly Attribute[];
}

export interface Attribute {
  readonly type: string;
  readonly values: readonly Tlv[];
}

const MAX_CERTIFICATES = 100;
const MAX_SIGNERS = 16;
const MAX_ATTRIBUTES = 100;
const MAX_REVOCATION_INFOS = 100;

/** id-ri-ocsp-response, RFC 5940, section 2. */
const OCSP_RESPONSE = "1.3.6.1.5.5.7.16.2";

/** @throws SmimeError cms-malformed, message-too-complex */
export function readSignedData(content: Tlv): SignedData {
  const [version, digestAlgorithms, encapsulated, ...rest] = partsOf(content, tags.sequence);
  expectTag(version, tags.integer);
  expectTag(digestAlgorithms, tags.set);
  const [contentType, explicit] = partsOf(encapsulated, tags.sequence);
  const certificates = rest[0]?.tag === contextTag(0, true) ? rest.shift() : undefined;
  const revocation = rest[0]?.tag === contextTag(1, true) ? rest.shift() : undefined;
  const [infos, ...others] = rest;
  if (others.length > 0) throw malformed("something after the signers");
  const signers = partsOf(infos, tags.set);
  if (signers.length > MAX_SIGNERS) throw new SmimeError("message-too-complex");
  return {
    contentType: oidIn(contentType),
    content:
      explicit === undefined
        ? null
        : expectOctets(explicitPart(expectTag(explicit, contextTag(0, true)))),
    certificates: certificates === undefined ? [] : readCertificates(certificates),
    ...readRevocation(revocation),
    signers: signers.map(readSignerInfo),
  };
}

/** RevocationInfoChoices (RFC 5652, section 10.2.1); formats that nobody here knows are left out. */
function readRevocation(set: Tlv | undefined): Pick<SignedData, "crls" | "ocspResponses"> {
  const choices = set === undefined ? [] : children(set);
  if (choices.length > MAX_REVOCATION_INFOS) throw new SmimeError("message-too-complex");
  const others = choices.filter(({ tag }) => tag === contextTag(1, true)).map(children);
  return {
    crls: choices.filter(({ tag }) => tag === tags.sequence).map(encodingOf),
    ocspResponses: others.flatMap(([format, info]) =>
      format?.tag === tags.oid && oidIn(format) === OCSP_RESPONSE && info !== undefined
        ? [encodingOf(info)]
        : [],
    ),
  };
}

function readCertificates(set: Tlv): Uint8Array[] {
  const choices = children(set);
  if (choices.length > MAX_CERTIFICATES) throw new SmimeError("message-too-complex");
  return choices.filter(({ tag }) => tag === tags.sequence).map(encodingOf);
}

function readSignerInfo(signer: Tlv): SignerInfo {
  const [version, identifier, digestAlgorithm, ...rest] = partsOf(signer, tags.sequence);
  expectTag(version, tags.integer);
  const attributes = rest[0]?.tag === contextTag(0, true) ? rest.shift() : undefined;
  const [signatureAlgorithm, signature, unsigned] = rest;
  return {
    identifier: readCertificateIdentifier(identifier),
    digestAlgorithm: algorithmIn(digestAlgorithm),
    signedAttributes: attributes === undefined ? null : readSignedAttributes(attributes),
    signatureAlgorithm: algorithmIn(signatureAlgorithm),
    signature: expectOctets(signature),
    unsignedAttributes:
      unsigned === undefined
        ? []
        : readAttributes(bounded(children(expectTag(unsigned, contextTag(1, true))))),
  };
}

function readSignedAttributes(implicit: Tlv): SignedAttributes {
  const parts = bounded(children(implicit));
  return { der: toDer({ ...implicit, tag: tags.set }), attributes: readAttributes(parts) };
}

function bounded(attributes: readonly Tlv[]): readonly Tlv[] {
  if (attributes.length > MAX_ATTRIBUTES) throw new SmimeError("message-too-complex");
  return attributes;
}

export function readAttributes(parts: readonly Tlv[]): Attribute[] {
  return parts.map((part) => {
    const [type, values] = partsOf(part, tags.sequence);
    return { type: oidIn(type), values: partsOf(values, tags.set) };
  });
}

/** Both choices of SignerIdentifier and RecipientIdentifier. @throws SmimeError cms-malformed */
export function readCertificateIdentifier(tlv: Tlv | undefined): CertificateIdentifier {
  if (tlv === undefined) throw malformed("certificate identifier missing");
  if (tlv.tag === contextTag(0, false) || tlv.tag === contextTag(0, true)) {
    return { kind: "subject-key-identifier", keyIdentifier: octetsIn(tlv) };
  }
  const [issuer, serialNumber] = partsOf(tlv, tags.sequence);
  return {
    kind: "issuer-and-serial",
    issuer: toDer(expectTag(issuer, tags.sequence)),
    serialNumber: integerHexIn(serialNumber),
  };
}
