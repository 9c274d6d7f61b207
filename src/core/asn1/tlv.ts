import { SmimeError } from "../errors.ts";
import { joinOctets } from "../octets.ts";

/**
 * A reader of BER and DER that gives views into the message instead of copies, so that bulk
 * content never becomes an object tree. Indefinite lengths and constructed strings are read.
 */

/** One element: identifier octet, and where it lies in `bytes`. Indefinite lengths are resolved. */
export interface Tlv {
  /** The identifier octet: class, constructed bit and tag number (below 31). */
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly end: number;
  /** Known already where the length was indefinite, since its end had to be searched for. */
  readonly parts: readonly Tlv[] | null;
  readonly depth: number;
  readonly budget: Budget;
}

/** Counts down over one whole structure, so that hostile input cannot make many small elements. */
interface Budget {
  elements: number;
}

/** Senders that stream line by line reach some 350,000 elements in 25 MB. */
const MAX_ELEMENTS = 1_000_000;
const MAX_DEPTH = 40;

const CONSTRUCTED = 0x20;

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The identifier octet of a context-specific tag. */
export function contextTag(number: number, constructed: boolean): number {
  return 0x80 | (constructed ? CONSTRUCTED : 0) | number;
}

/**
 * The first element of `bytes`. What follows it is ignored: mail gateways append line ends.
 * @throws SmimeError cms-malformed, message-too-complex
 */
export function readTlv(bytes: Uint8Array): Tlv {
  return readAt(bytes, 0, bytes.length, 0, { elements: MAX_ELEMENTS });
}

/** @throws SmimeError cms-malformed if the element is primitive or its content is not whole elements */
export function children(tlv: Tlv): readonly Tlv[] {
  if ((tlv.tag & CONSTRUCTED) === 0) throw malformed("primitive element where parts are due");
  if (tlv.parts !== null) return tlv.parts;
  const parts: Tlv[] = [];
  for (let at = tlv.contentStart; at < tlv.contentEnd;) {
    const part = readAt(tlv.bytes, at, tlv.contentEnd, tlv.depth + 1, tlv.budget);
    parts.push(part);
    at = part.end;
  }
  return parts;
}

export function contentOf(tlv: Tlv): Uint8Array {
  return tlv.bytes.subarray(tlv.contentStart, tlv.contentEnd);
}

/** Identifier, length and content as they were received. */
export function encodingOf(tlv: Tlv): Uint8Array {
  return tlv.bytes.subarray(tlv.start, tlv.end);
}

/** @throws SmimeError cms-malformed */
export function expectTag(tlv: Tlv | undefined, tag: number): Tlv {
  if (tlv?.tag !== tag) throw malformed(`tag ${String(tlv?.tag)} where ${String(tag)} is due`);
  return tlv;
}

/** The parts of a SEQUENCE or SET. @throws SmimeError cms-malformed */
export function partsOf(tlv: Tlv | undefined, tag: number): readonly Tlv[] {
  return children(expectTag(tlv, tag));
}

/** The only part of an explicitly tagged element. @throws SmimeError cms-malformed */
export function explicitPart(tlv: Tlv): Tlv {
  const [part, ...rest] = children(tlv);
  if (part === undefined || rest.length > 0) throw malformed("explicit tag without one element");
  return part;
}

/**
 * The octets of an OCTET STRING or of an implicitly tagged one: a view if primitive, else the
 * segments joined.
 */
export function octetsIn(tlv: Tlv | undefined): Uint8Array {
  if (tlv === undefined) throw malformed("octet string missing");
  if ((tlv.tag & CONSTRUCTED) === 0) return contentOf(tlv);
  const segments: Uint8Array[] = [];
  collectSegments(tlv, segments);
  return joinOctets(segments);
}

function collectSegments(tlv: Tlv, into: Uint8Array[]): void {
  for (const part of children(tlv)) {
    if ((part.tag & ~CONSTRUCTED) !== tags.octetString) throw malformed("segment of another type");
    if (part.tag & CONSTRUCTED) collectSegments(part, into);
    else into.push(contentOf(part));
  }
}

/** An OCTET STRING with its universal tag, primitive or constructed. @throws SmimeError cms-malformed */
export function expectOctets(tlv: Tlv | undefined): Uint8Array {
  if (tlv === undefined || (tlv.tag & ~CONSTRUCTED) !== tags.octetString) {
    throw malformed("octet string missing");
  }
  return octetsIn(tlv);
}

function readAt(
  bytes: Uint8Array,
  start: number,
  limit: number,
  depth: number,
  budget: Budget,
): Tlv {
  if (depth > MAX_DEPTH || --budget.elements < 0) throw new SmimeError("message-too-complex");
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined || start + 2 > limit) throw malformed("cut short");
  if ((tag & 0x1f) === 0x1f) throw malformed("high tag number");
  let contentStart = start + 2;
  if (first === 0x80) return readIndefinite(bytes, tag, start, limit, depth, budget);
  let length = first;
  if (first > 0x80) {
    const size = first & 0x7f;
    if (size > 6 || contentStart + size > limit) throw malformed("length");
    length = 0;
    for (let index = 0; index < size; index++) length = length * 256 + (bytes[contentStart++] ?? 0);
  }
  const end = contentStart + length;
  if (end > limit) throw malformed("content longer than what holds it");
  return { tag, bytes, start, contentStart, contentEnd: end, end, parts: null, depth, budget };
}

function readIndefinite(
  bytes: Uint8Array,
  tag: number,
  start: number,
  limit: number,
  depth: number,
  budget: Budget,
): Tlv {
  if ((tag & CONSTRUCTED) === 0) throw malformed("indefinite length of a primitive element");
  const contentStart = start + 2;
  const parts: Tlv[] = [];
  let at = contentStart;
  while (!(bytes[at] === 0 && bytes[at + 1] === 0 && at + 2 <= limit)) {
    const part = readAt(bytes, at, limit, depth + 1, budget);
    parts.push(part);
    at = part.end;
  }
  return { tag, bytes, start, contentStart, contentEnd: at, end: at + 2, parts, depth, budget };
}

export function malformed(detail: string): SmimeError {
  return new SmimeError("cms-malformed", { detail });
}
