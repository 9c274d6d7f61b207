import { joinOctets } from "../octets.ts";
import { children, contentOf, contextTag, octetsIn, tags, type Tlv } from "./tlv.ts";

/** Writing DER (X.690, section 10), and bringing received BER into it. */

/** Identifier and length octets of an element whose content has `length` octets. */
export function derHeader(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Uint8Array.of(tag, 0x80 | octets.length, ...octets);
}

export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  return derOfParts(tag, content);
}

/** The same for any number of parts. */
function derOfParts(tag: number, parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  return joinOctets([derHeader(tag, length), ...parts]);
}

export function derSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(tags.sequence, ...parts);
}

/** SET OF, in the order that DER wants. `tag` where it is implicitly tagged. */
export function derSetOf(parts: readonly Uint8Array[], tag: number = tags.set): Uint8Array {
  return derOfParts(tag, [...parts].sort(compareEncodings));
}

export function derExplicit(number: number, ...content: readonly Uint8Array[]): Uint8Array {
  return der(contextTag(number, true), ...content);
}

export function derOctetString(octets: Uint8Array): Uint8Array {
  return der(tags.octetString, octets);
}

/** A BIT STRING of whole octets. */
export function derBitString(octets: Uint8Array): Uint8Array {
  return der(tags.bitString, Uint8Array.of(0), octets);
}

/** A small, not negative INTEGER. */
export function derSmallInteger(value: number): Uint8Array {
  const octets: number[] = [];
  let rest = value;
  do {
    octets.unshift(rest & 0xff);
    rest = rest >>> 8;
  } while (rest > 0);
  if ((octets[0] ?? 0) & 0x80) octets.unshift(0);
  return der(tags.integer, Uint8Array.from(octets));
}

/** A positive INTEGER from big-endian octets of any length. */
export function derUnsignedInteger(octets: Uint8Array): Uint8Array {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start++;
  const magnitude = octets.subarray(start);
  const padding = (magnitude[0] ?? 0) & 0x80 ? Uint8Array.of(0) : new Uint8Array(0);
  return der(tags.integer, padding, magnitude);
}

export function derNull(): Uint8Array {
  return der(tags.null);
}

/** @param dotted "1.2.840.113549" */
export function derOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const octets: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const group = [arc % 128];
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128)) {
      group.unshift((high % 128) | 0x80);
    }
    octets.push(...group);
  }
  return der(tags.oid, Uint8Array.from(octets));
}

/** UTCTime through 2049, GeneralizedTime after (RFC 5652, section 11.3). Whole seconds. */
export function derTime(time: Date): Uint8Array {
  const digits = time.toISOString().replace(/\.\d+Z$|[-:T]/g, "");
  const year = time.getUTCFullYear();
  const utc = year >= 1950 && year < 2050;
  const text = `${utc ? digits.slice(2) : digits}Z`;
  return der(utc ? tags.utcTime : tags.generalizedTime, new TextEncoder().encode(text));
}

/**
 * The DER of a received element: definite lengths, strings in one piece, SET OF in order. Enough
 * for attributes and algorithm identifiers; primitive values are taken as they are.
 */
export function toDer(tlv: Tlv): Uint8Array {
  if (tlv.tag === (tags.octetString | 0x20)) return derOctetString(octetsIn(tlv));
  if (tlv.tag === tags.boolean) {
    return der(
      tags.boolean,
      contentOf(tlv).map((octet) => (octet === 0 ? 0 : 0xff)),
    );
  }
  if ((tlv.tag & 0x20) === 0) return der(tlv.tag, contentOf(tlv));
  const parts = children(tlv).map(toDer);
  return tlv.tag === tags.set ? derSetOf(parts) : derOfParts(tlv.tag, parts);
}

function compareEncodings(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let index = 0; index < common; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
