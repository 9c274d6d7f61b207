import { attributeTypes } from "../asn1/oids.ts";
import { readAttributes, type Attribute, type SignerInfo } from "../asn1/signed-data.ts";
import { toDer } from "../asn1/der.ts";
import { contextTag, expectOctets, partsOf, readTlv, tags, type Tlv } from "../asn1/tlv.ts";
import { algorithmIn, oidIn, timeIn, type AlgorithmIdentifier } from "../asn1/values.ts";
import { SmimeError } from "../errors.ts";
import { equalOctets } from "../octets.ts";

/**
 * The value of an attribute that may be there once with one value (RFC 5652, section 11); null if
 * it is not there, "wrong" if it is there more often.
 */
function singleValue(attributes: readonly Attribute[], type: string): Tlv | null | "wrong" {
  const [attribute, ...others] = attributes.filter((candidate) => candidate.type === type);
  if (attribute === undefined) return null;
  const [value, ...more] = attribute.values;
  return value === undefined || more.length > 0 || others.length > 0 ? "wrong" : value;
}

const namesOfSigner = [attributeTypes.signingCertificate, attributeTypes.signingCertificateV2];

const neverUnsigned: readonly string[] = [
  attributeTypes.contentType,
  attributeTypes.messageDigest,
  attributeTypes.signingTime,
];

/** Whether what has to be signed stands among what is not (RFC 5652, sections 11.1 to 11.3). */
export function isMisplaced({ unsignedAttributes }: SignerInfo): boolean {
  return unsignedAttributes.some(({ type }) => neverUnsigned.includes(type));
}

/**
 * Whether the signed attributes say about the content what they must (RFC 5652, sections 5.3 and
 * 11; RFC 6211 where it is used): `altered` if they are in order but speak of other content.
 * @throws SmimeError cms-malformed
 */
export function checkSignedAttributes(
  signer: SignerInfo,
  contentType: string,
  contentDigest: Uint8Array,
): "right" | "wrong" | "altered" {
  const attributes = signer.signedAttributes?.attributes ?? [];
  const type = singleValue(attributes, attributeTypes.contentType);
  const digest = singleValue(attributes, attributeTypes.messageDigest);
  const time = singleValue(attributes, attributeTypes.signingTime);
  const algorithms = singleValue(attributes, attributeTypes.algorithmProtection);
  if (type === null || type === "wrong" || oidIn(type) !== contentType) return "wrong";
  if (digest === null || digest === "wrong") return "wrong";
  if (time === "wrong" || algorithms === "wrong") return "wrong";
  if (namesOfSigner.some((name) => singleValue(attributes, name) === "wrong")) return "wrong";
  if (time !== null && !isSigningTime(time)) return "wrong";
  // It is never signed by the signer whom it countersigns (section 11.4).
  if (attributes.some(({ type }) => type === attributeTypes.countersignature)) return "wrong";
  if (algorithms !== null && !namesSameAlgorithms(algorithms, signer)) return "wrong";
  return equalOctets(expectOctets(digest), contentDigest) ? "right" : "altered";
}

/** CMSAlgorithmProtection, RFC 6211, section 2. */
function namesSameAlgorithms(value: Tlv, signer: SignerInfo): boolean {
  // A MAC algorithm beside or instead of the signature's has no place in a signer info.
  const [digest, signature, ...others] = partsOf(value, tags.sequence);
  if (signature?.tag !== contextTag(1, true) || others.length > 0) return false;
  const signatureAlgorithm = algorithmIn({ ...signature, tag: tags.sequence });
  return (
    sameAlgorithm(algorithmIn(digest), signer.digestAlgorithm) &&
    sameAlgorithm(signatureAlgorithm, signer.signatureAlgorithm)
  );
}

/** With their parameters; NULL and none are the same (RFC 5754, section 2). */
function sameAlgorithm(one: AlgorithmIdentifier, other: AlgorithmIdentifier): boolean {
  const parameters = ({ parameters: given }: AlgorithmIdentifier): Uint8Array =>
    given === null || given.tag === tags.null ? new Uint8Array(0) : toDer(given);
  return one.oid === other.oid && equalOctets(parameters(one), parameters(other));
}

/** UTCTime from 1950 to 2049, GeneralizedTime before and after (section 11.3). */
function isSigningTime(value: Tlv): boolean {
  const year = timeIn(value).getUTCFullYear();
  return (year >= 1950 && year < 2050) === (value.tag === tags.utcTime);
}

/** null if the signer does not say. @throws SmimeError cms-malformed */
export function signingTime(signer: SignerInfo): Date | null {
  const value = attributeValue(signer, attributeTypes.signingTime);
  return value === null ? null : timeIn(value);
}

/** The only value of an attribute; null if there is none, or not exactly one. */
export function attributeValue(signer: SignerInfo, type: string): Tlv | null {
  const value = singleValue(signer.signedAttributes?.attributes ?? [], type);
  return value === "wrong" ? null : value;
}

/**
 * Whether content signed without attributes is a set of attributes: what someone has genuinely
 * signed could be passed off as content otherwise (RFC 5652, section 5.4 is ambiguous).
 */
export function looksLikeAttributes(content: Uint8Array): boolean {
  if (content[0] !== tags.set) return false;
  try {
    readAttributes(partsOf(readTlv(content), tags.set));
    return true;
  } catch (error) {
    if (error instanceof SmimeError) return false;
    throw error;
  }
}
