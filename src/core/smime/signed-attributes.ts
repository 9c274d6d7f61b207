import { attributeTypes } from "../asn1/oids.ts";
import type { Attribute, SignerInfo } from "../asn1/signed-data.ts";
import { contextTag, expectOctets, children, partsOf, tags, type Tlv } from "../asn1/tlv.ts";
import { algorithmIn, oidIn, timeIn } from "../asn1/values.ts";
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
  if (algorithms !== null && !namesSameAlgorithms(algorithms, signer)) return "wrong";
  return equalOctets(expectOctets(digest), contentDigest) ? "right" : "altered";
}

/** CMSAlgorithmProtection, RFC 6211, section 2. */
function namesSameAlgorithms(value: Tlv, signer: SignerInfo): boolean {
  const [digest, signature] = partsOf(value, tags.sequence);
  if (signature?.tag !== contextTag(1, true)) return false;
  const signatureOid = oidIn(children(signature)[0]);
  return (
    algorithmIn(digest).oid === signer.digestAlgorithm.oid &&
    signatureOid === signer.signatureAlgorithm.oid
  );
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
 * Whether content signed without attributes looks like a set of attributes: the bytes of someone's
 * genuine signature could be passed off as content otherwise (RFC 5652, section 5.4 is ambiguous).
 */
export function looksLikeAttributes(content: Uint8Array): boolean {
  return content[0] === tags.set;
}
