import { octetsOf } from "../octets.ts";

const LF = 0x0a;
const CR = 0x0d;
const HYPHEN = 0x2d;

/** More parts than this are no message; what is behind them belongs to the last one. */
const MAX_PARTS = 10_000;

/**
 * The exact bytes of the parts of a multipart body (RFC 2046, section 5.1.1), as views: the line
 * end before a delimiter belongs to the delimiter (RFC 8551, section 3.1.1). Preamble and epilogue
 * are left out. A missing close delimiter is tolerated; no delimiter at all gives no parts.
 */
export function multipartParts(body: Uint8Array, boundary: string): Uint8Array[] {
  return [...eachPart(body, boundary)];
}

/** The same, one after the other: who needs only the first part does not search the rest. */
export function* eachPart(body: Uint8Array, boundary: string): Generator<Uint8Array> {
  const delimiter = octetsOf(`--${boundary}`);
  let parts = 0;
  let partStart = -1;
  for (let line = hyphenLine(body, 0); line !== -1;) {
    const lineEnd = body.indexOf(LF, line);
    const next = lineEnd === -1 ? body.length : lineEnd + 1;
    const kind = delimiterKind(body, line, next, delimiter);
    if (kind !== null) {
      if (partStart !== -1) {
        yield body.subarray(partStart, beforeLineEnd(body, partStart, line));
        parts++;
      }
      if (kind === "close") return;
      partStart = next;
      if (parts >= MAX_PARTS) break;
    }
    line = hyphenLine(body, next);
  }
  if (partStart !== -1) yield body.subarray(partStart);
}

/**
 * Where the next line that starts with a hyphen starts, at or after the start of a line; -1 if there
 * is none. Hyphens are rarer than lines, which are not looked at one by one.
 */
function hyphenLine(body: Uint8Array, from: number): number {
  let at = body.indexOf(HYPHEN, from);
  while (at > from && body[at - 1] !== LF) at = body.indexOf(HYPHEN, at + 1);
  return at;
}

function delimiterKind(
  body: Uint8Array,
  start: number,
  end: number,
  delimiter: Uint8Array,
): "open" | "close" | null {
  if (body[start] !== HYPHEN || end - start < delimiter.length) return null;
  for (let index = 0; index < delimiter.length; index++) {
    if (body[start + index] !== delimiter[index]) return null;
  }
  let at = start + delimiter.length;
  const close = at + 1 < end && body[at] === HYPHEN && body[at + 1] === HYPHEN;
  if (close) at += 2;
  // Transport padding; anything else makes it another, longer boundary.
  for (; at < end; at++) {
    const octet = body[at];
    if (octet !== 0x20 && octet !== 0x09 && octet !== CR && octet !== LF) return null;
  }
  return close ? "close" : "open";
}

/** The end of the part before a delimiter at `delimiterStart`, without the line end between them. */
function beforeLineEnd(body: Uint8Array, partStart: number, delimiterStart: number): number {
  let end = delimiterStart;
  if (end > partStart && body[end - 1] === LF) end--;
  if (end > partStart && body[end - 1] === CR) end--;
  return end;
}
