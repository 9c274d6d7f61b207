import { shortText } from "../octets.ts";

/** Base64 of mail bodies (RFC 2045, section 6.8), from bytes to bytes: no strings of their size. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** 57 octets make the 76 characters that a line may have. */
const LINE_OCTETS = 57;
const CRLF = 0x0a0d;
const PADDING = 0x3d;

/** For 12 bits at a time their two characters, the first one in the low octet. */
const characters = new Uint16Array(4096);
/** The other way round; -1 for two octets that are not both in the alphabet. */
const twelveBits = new Int16Array(65536).fill(-1);
/** For each character its 6 bits; 64 for the padding, 255 for what is to be skipped. */
const sextets = new Uint8Array(256).fill(255);
for (let bits = 0; bits < 4096; bits++) {
  const pair = ALPHABET.charCodeAt(bits >> 6) | (ALPHABET.charCodeAt(bits & 63) << 8);
  characters[bits] = pair;
  twelveBits[pair] = bits;
}
for (let index = 0; index < 64; index++) sextets[ALPHABET.charCodeAt(index)] = index;
sextets[PADDING] = 64;

/** Lines of 76 characters, each one ended with CRLF, the last one too. */
export function encodeBase64Lines(content: Uint8Array): Uint8Array {
  return base64LinesAfter(new Uint8Array(0), [content]);
}

/** `before` as it is, then the pieces' joined content in lines: nothing of its size is copied. */
export function base64LinesAfter(before: Uint8Array, pieces: readonly Uint8Array[]): Uint8Array {
  const octets = pieces.reduce((sum, { length }) => sum + length, 0);
  const lines = Math.ceil(octets / LINE_OCTETS);
  const encoded = new Uint8Array(before.length + Math.ceil(octets / 3) * 4 + lines * 2);
  encoded.set(before);
  const view = new DataView(encoded.buffer);
  let to = before.length;
  /** A line that starts in one piece and ends in another. */
  const across = new Uint8Array(LINE_OCTETS);
  let filled = 0;
  for (const piece of pieces) {
    const rest = filled === 0 ? 0 : Math.min(LINE_OCTETS - filled, piece.length);
    across.set(piece.subarray(0, rest), filled);
    filled += rest;
    if (filled > 0 && filled < LINE_OCTETS) continue;
    to = encodeLines(across.subarray(0, filled), view, to);
    const end = piece.length - ((piece.length - rest) % LINE_OCTETS);
    to = encodeLines(piece.subarray(rest, end), view, to);
    across.set(piece.subarray(end));
    filled = piece.length - end;
  }
  encodeLines(across.subarray(0, filled), view, to);
  return encoded;
}

/** @returns where the next octet goes */
function encodeLines(content: Uint8Array, encoded: DataView, start: number): number {
  const octets = new DataView(content.buffer, content.byteOffset, content.length);
  let to = start;
  for (let lineStart = 0; lineStart < content.length; lineStart += LINE_OCTETS) {
    const lineEnd = Math.min(lineStart + LINE_OCTETS, content.length);
    let at = lineStart;
    // Six octets at a time, in two reads that overlap: a quarter less time for bulk content.
    for (; at + 6 <= lineEnd; at += 6) {
      const first = octets.getUint32(at);
      const second = octets.getUint32(at + 2);
      encoded.setUint32(to, fourCharacters(first >>> 8), true);
      encoded.setUint32(to + 4, fourCharacters(second & 0xffffff), true);
      to += 8;
    }
    for (; at + 2 < lineEnd; at += 3) {
      const bits =
        ((content[at] ?? 0) << 16) | ((content[at + 1] ?? 0) << 8) | (content[at + 2] ?? 0);
      encoded.setUint32(to, fourCharacters(bits), true);
      to += 4;
    }
    if (at < lineEnd) to = encodeTail(content, at, encoded, to);
    encoded.setUint16(to, CRLF, true);
    to += 2;
  }
  return to;
}

/** Of 24 bits, the first one in the low octet. */
function fourCharacters(bits: number): number {
  return (characters[bits >> 12] ?? 0) | ((characters[bits & 4095] ?? 0) << 16);
}

/** The one or two octets that are left at the end, padded. */
function encodeTail(content: Uint8Array, at: number, encoded: DataView, to: number): number {
  const left = content.length - at;
  const bits = ((content[at] ?? 0) << 16) | ((content[at + 1] ?? 0) << 8);
  encoded.setUint16(to, characters[bits >> 12] ?? 0, true);
  encoded.setUint16(to + 2, characters[bits & 4095] ?? 0, true);
  encoded.setUint8(to + 3, PADDING);
  if (left === 1) encoded.setUint8(to + 2, PADDING);
  return to + 4;
}

/** The platform's own, which Firefox has and Node 20 has not: white space is all it skips. */
type StrictDecoder = (
  this: Uint8Array,
  encoded: string,
  options: { readonly lastChunkHandling: "loose" | "stop-before-partial" },
) => { readonly read: number; readonly written: number };

const strictDecoder = (Uint8Array.prototype as { setFromBase64?: StrictDecoder }).setFromBase64;

/** Strings of this length live in memory that is used again and again; a single one takes three times as long. */
const PIECE = 1 << 10;

/**
 * Line ends, spaces and any other character outside the alphabet are skipped, as RFC 2045 tells
 * readers to do; the first padding ends the content. An incomplete last group gives what it holds.
 */
export function decodeBase64(
  encoded: Uint8Array,
  { strict = strictDecoder, piece = PIECE }: { strict?: StrictDecoder; piece?: number } = {},
): Uint8Array {
  // Debian's Thunderbird runs JavaScript without its compilers: a loop here takes ten times as long.
  if (strict !== undefined) {
    try {
      return decodeStrictly(encoded, strict, piece);
    } catch {
      // Something that a mail reader has to pass over.
    }
  }
  return decodeTolerantly(encoded);
}

function decodeStrictly(encoded: Uint8Array, strict: StrictDecoder, piece: number): Uint8Array {
  const decoded = new Uint8Array(Math.ceil((encoded.length * 3) / 4) + 3);
  const padding = encoded.indexOf(PADDING);
  let at = 0;
  let to = 0;
  while (at < encoded.length) {
    const end = Math.min(at + piece, encoded.length);
    // Padding may stand at the very end only, where the decoder looks whether it is right.
    const last = end === encoded.length || (padding !== -1 && padding < end);
    const { read, written } = strict.call(
      decoded.subarray(to),
      // Half of the time that a TextDecoder takes, whose strings have two octets for a character.
      shortText(encoded.subarray(at, last ? encoded.length : end)),
      { lastChunkHandling: last ? "loose" : "stop-before-partial" },
    );
    if (last) return decoded.subarray(0, to + written);
    if (read === 0) throw new RangeError("a piece without a group");
    at += read;
    to += written;
  }
  return decoded.subarray(0, to);
}

/**
 * How many octets lines of base64 stand for, by their length and the first one's alone: exact where
 * all lines but the last are like the first.
 */
export function decodedBase64Length(encoded: Uint8Array): number {
  let end = encoded.length;
  while (end > 0 && (sextets[encoded[end - 1] ?? 0] ?? 255) >= 64) end--;
  const firstEnd = encoded.indexOf(0x0a);
  if (firstEnd === -1 || firstEnd >= end) return Math.floor((end * 3) / 4);
  const inLine = firstEnd - (encoded[firstEnd - 1] === 0x0d ? 1 : 0);
  const lines = Math.floor(end / (firstEnd + 1));
  const rest = Math.min(end - lines * (firstEnd + 1), inLine);
  return Math.floor(((lines * inLine + rest) * 3) / 4);
}

function decodeTolerantly(encoded: Uint8Array): Uint8Array {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.length);
  const lastGroup = encoded.length - 4;
  const decoded = new Uint8Array(Math.ceil((encoded.length * 3) / 4) + 3);
  let to = 0;
  let at = 0;
  let bits = 0;
  let count = 0;
  while (at < encoded.length) {
    if (count === 0) {
      // Whole groups without anything between them, which is nearly everything.
      for (; at <= lastGroup; at += 4) {
        const four = view.getUint32(at, true);
        const group = ((twelveBits[four & 0xffff] ?? -1) << 12) | (twelveBits[four >>> 16] ?? -1);
        if (group < 0) break;
        decoded[to] = group >> 16;
        decoded[to + 1] = group >> 8;
        decoded[to + 2] = group;
        to += 3;
      }
    }
    const sextet = sextets[encoded[at++] ?? 0] ?? 255;
    if (sextet === 64) break;
    if (sextet === 255) continue;
    bits = (bits << 6) | sextet;
    if (++count === 4) {
      decoded[to++] = bits >> 16;
      decoded[to++] = bits >> 8;
      decoded[to++] = bits;
      count = 0;
      bits = 0;
    }
  }
  if (count === 2) decoded[to++] = bits >> 4;
  if (count === 3) {
    decoded[to++] = bits >> 10;
    decoded[to++] = bits >> 2;
  }
  return decoded.subarray(0, to);
}
