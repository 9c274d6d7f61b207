import { contentTypes } from "../asn1/oids.ts";
import { contentTypeOf, parseParameterizedValue } from "../mime/content-type.ts";
import {
  headerFields,
  headerValues,
  splitHeaderBody,
  type HeaderField,
} from "../mime/header-fields.ts";
import { decodeBase64 } from "../mime/base64.ts";
import { decodeBody } from "../mime/transfer-encoding.ts";
import { derOid } from "../asn1/der.ts";
import { tags } from "../asn1/tlv.ts";

/** What an entity is by its header (RFC 8551, sections 3.2.1 and 3.9). */
export type EntityKind =
  | { readonly kind: "multipart-signed"; readonly boundary: string }
  | { readonly kind: "pkcs7-mime"; readonly smimeType: string | null; readonly fileName: string }
  | { readonly kind: "other" };

export function entityKind(fields: readonly HeaderField[]): EntityKind {
  const type = contentTypeOf(fields);
  if (type === null) return { kind: "other" };
  if (type.value === "multipart/signed") {
    const protocol =
      type.parameters.get("protocol")?.toLowerCase() ?? "application/pkcs7-signature";
    const boundary = type.parameters.get("boundary");
    return boundary !== undefined && /^application\/(x-)?pkcs7-signature$/.test(protocol)
      ? { kind: "multipart-signed", boundary }
      : { kind: "other" };
  }
  const [disposition = ""] = headerValues(fields, "content-disposition");
  const fileName = (
    parseParameterizedValue(disposition).parameters.get("filename") ??
    type.parameters.get("name") ??
    ""
  ).toLowerCase();
  const named = /\.p7[mcz]$/.test(fileName);
  if (
    /^application\/(x-)?pkcs7-mime$/.test(type.value) ||
    (type.value === "application/octet-stream" && named)
  ) {
    const smimeType = type.parameters.get("smime-type")?.toLowerCase() ?? null;
    return { kind: "pkcs7-mime", smimeType, fileName };
  }
  return { kind: "other" };
}

/** The CMS object of a part. Some senders leave out that it is in base64. */
export function cmsBody(fields: readonly HeaderField[], body: Uint8Array): Uint8Array {
  const decoded = decodeBody(fields, body);
  if (decoded[0] === tags.sequence) return decoded;
  const looksEncoded = decodeBase64(decoded.subarray(0, 100))[0] === tags.sequence;
  return looksEncoded ? decodeBase64(decoded) : decoded;
}

/**
 * Whether a message is worth opening, from its top-level header and the first octets of a CMS
 * body, whose own content type decides where the header is silent or wrong. Cheap at any size.
 */
export function protectionHint(message: Uint8Array): "none" | "signed" | "enveloped" {
  const { header, body } = splitHeaderBody(message);
  const fields = headerFields(header);
  const kind = entityKind(fields);
  if (kind.kind === "multipart-signed") return "signed";
  if (kind.kind === "other") return "none";
  const start = cmsBody(fields, body.subarray(0, 200)).subarray(0, 60);
  if (holdsOid(start, contentTypes.signedData)) return "signed";
  if (holdsOid(start, contentTypes.envelopedData)) return "enveloped";
  if (holdsOid(start, contentTypes.authEnvelopedData)) return "enveloped";
  const signed =
    kind.smimeType === "signed-data" ||
    kind.smimeType === "certs-only" ||
    kind.fileName.endsWith(".p7c");
  return signed ? "signed" : "enveloped";
}

function holdsOid(octets: Uint8Array, dotted: string): boolean {
  const oid = derOid(dotted);
  // After the outer SEQUENCE's header, which is two to eight octets long.
  for (let start = 2; start <= 8; start++) {
    if (oid.every((octet, index) => octets[start + index] === octet)) return true;
  }
  return false;
}
