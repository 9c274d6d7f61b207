import { hexText } from "../octets.ts";
import { contentOf, expectTag, malformed, partsOf, tags, type Tlv } from "./tlv.ts";

/** Decoding of the primitive values that CMS needs. All throw SmimeError cms-malformed. */

/** Dotted decimal. */
export function oidIn(tlv: Tlv | undefined): string {
  const octets = contentOf(expectTag(tlv, tags.oid));
  if (octets.length === 0 || octets.length > 64) throw malformed("object identifier");
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of octets) {
    arc = arc * 128 + (octet & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 128) throw malformed("object identifier");
    if (octet & 0x80) continue;
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(arc / 40));
      arcs.push(first, arc - first * 40);
    } else arcs.push(arc);
    arc = 0;
  }
  if ((octets.at(-1) ?? 0) & 0x80) throw malformed("object identifier");
  return arcs.join(".");
}

/** An INTEGER from 0 to 2^31 - 1. */
export function smallIntegerIn(tlv: Tlv | undefined): number {
  const octets = contentOf(expectTag(tlv, tags.integer));
  if (octets.length === 0 || octets.length > 4 || (octets[0] ?? 0) & 0x80) {
    throw malformed("integer out of range");
  }
  return octets.reduce((value, octet) => value * 256 + octet, 0);
}

/** An INTEGER's content octets as lower-case hex, as `Certificate.serialNumber` has them. */
export function integerHexIn(tlv: Tlv | undefined): string {
  return hexText(contentOf(expectTag(tlv, tags.integer)));
}

/** The octets of a BIT STRING without unused bits. */
export function bitStringIn(tlv: Tlv | undefined): Uint8Array {
  const content = contentOf(expectTag(tlv, tags.bitString));
  if (content[0] !== 0) throw malformed("bit string of broken octets");
  return content.subarray(1);
}

/** UTCTime or GeneralizedTime in UTC with seconds, as RFC 5652, section 11.3, wants them. */
export function timeIn(tlv: Tlv | undefined): Date {
  if (tlv === undefined) throw malformed("time");
  const text = String.fromCharCode(...contentOf(tlv).subarray(0, 32));
  let digits = /^(\d{12}|\d{14})Z$/.exec(text)?.[1];
  if (digits !== undefined && tlv.tag === tags.utcTime && digits.length === 12) {
    digits = `${Number(digits.slice(0, 2)) < 50 ? "20" : "19"}${digits}`;
  } else if (tlv.tag !== tags.generalizedTime) digits = undefined;
  if (digits?.length !== 14) throw malformed("time");
  const iso = digits.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6Z");
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) throw malformed("time");
  return time;
}

export interface AlgorithmIdentifier {
  readonly oid: string;
  readonly parameters: Tlv | null;
  readonly tlv: Tlv;
}

export function algorithmIn(tlv: Tlv | undefined): AlgorithmIdentifier {
  const identifier = expectTag(tlv, tags.sequence);
  const [oid, parameters = null] = partsOf(identifier, tags.sequence);
  return { oid: oidIn(oid), parameters, tlv: identifier };
}
