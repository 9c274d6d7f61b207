import { oidIn } from "./values.ts";
import { contextTag, explicitPart, expectTag, partsOf, readTlv, tags, type Tlv } from "./tlv.ts";
import { derHeader, derOid } from "./der.ts";
import { joinOctets } from "../octets.ts";

/** RFC 5652, section 3: what every CMS object starts with. */
export interface ContentInfo {
  readonly contentType: string;
  readonly content: Tlv;
}

/** @throws SmimeError cms-malformed, message-too-complex */
export function readContentInfo(cms: Uint8Array): ContentInfo {
  const [contentType, content] = partsOf(readTlv(cms), tags.sequence);
  return {
    contentType: oidIn(contentType),
    content: explicitPart(expectTag(content, contextTag(0, true))),
  };
}

/** A ContentInfo around a structure that is given in pieces. */
export function writeContentInfo(
  contentType: string,
  tag: number,
  pieces: readonly Uint8Array[],
): Uint8Array {
  return joinOctets(contentInfoPieces(contentType, tag, pieces));
}

/** The same left in pieces, so that bulk content among them is not copied. */
export function contentInfoPieces(
  contentType: string,
  tag: number,
  pieces: readonly Uint8Array[],
): Uint8Array[] {
  const oid = derOid(contentType);
  const inner = derHeader(tag, lengthOf(pieces));
  const explicit = derHeader(contextTag(0, true), inner.length + lengthOf(pieces));
  const length = oid.length + explicit.length + inner.length + lengthOf(pieces);
  return [derHeader(tags.sequence, length), oid, explicit, inner, ...pieces];
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
