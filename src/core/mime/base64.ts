/** Base64 of mail bodies (RFC 2045, section 6.8), from bytes to bytes: no strings of their size. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** 57 octets make the 76 characters that a line may have. */
const LINE_OCTETS = 57;

/** For 12 bits at a time their two characters, in the machine's own byte order. */
const pairs = new Uint16Array(4096);
const pairOctets = new Uint8Array(pairs.buffer);
/** For each character its 6 bits; 64 for the padding, 255 for what is to be skipped. */
const sextets = new Uint8Array(256).fill(255);
for (let index = 0; index < 4096; index++) {
  pairOctets[index * 2] = ALPHABET.charCodeAt(index >> 6);
  pairOctets[index * 2 + 1] = ALPHABET.charCodeAt(index & 63);
}
for (let index = 0; index < 64; index++) sextets[ALPHABET.charCodeAt(index)] = index;
sextets[0x3d] = 64;

const crlf = new Uint16Array(Uint8Array.of(0x0d, 0x0a).buffer)[0] ?? 0;

/** Lines of 76 characters, each one ended with CRLF, the last one too. */
export function encodeBase64Lines(content: Uint8Array): Uint8Array {
  const lines = Math.ceil(content.length / LINE_OCTETS);
  const encoded = new Uint16Array(Math.ceil(content.length / 3) * 2 + lines);
  let to = 0;
  for (let lineStart = 0; lineStart < content.length; lineStart += LINE_OCTETS) {
    const lineEnd = Math.min(lineStart + LINE_OCTETS, content.length);
    let at = lineStart;
    for (; at + 2 < lineEnd; at += 3) {
      const bits =
        ((content[at] ?? 0) << 16) | ((content[at + 1] ?? 0) << 8) | (content[at + 2] ?? 0);
      encoded[to++] = pairs[bits >> 12] ?? 0;
      encoded[to++] = pairs[bits & 4095] ?? 0;
    }
    if (at < lineEnd) to = encodeTail(content, at, encoded, to);
    encoded[to++] = crlf;
  }
  return new Uint8Array(encoded.buffer);
}

/** The one or two octets that are left at the end, padded. */
function encodeTail(content: Uint8Array, at: number, encoded: Uint16Array, to: number): number {
  const left = content.length - at;
  const bits = ((content[at] ?? 0) << 16) | ((content[at + 1] ?? 0) << 8);
  encoded[to] = pairs[bits >> 12] ?? 0;
  encoded[to + 1] = pairs[bits & 4095] ?? 0;
  const octets = new Uint8Array(encoded.buffer, (to + 1) * 2, 2);
  octets[1] = 0x3d;
  if (left === 1) octets[0] = 0x3d;
  return to + 2;
}

/**
 * Line ends, spaces and any other character outside the alphabet are skipped, as RFC 2045 tells
 * readers to do; the first padding ends the content. An incomplete last group gives what it holds.
 */
export function decodeBase64(encoded: Uint8Array): Uint8Array {
  const decoded = new Uint8Array(Math.ceil((encoded.length * 3) / 4) + 3);
  let to = 0;
  let at = 0;
  let bits = 0;
  let count = 0;
  while (at < encoded.length) {
    if (count === 0) {
      // Whole groups without anything between them, which is nearly everything.
      for (; at + 3 < encoded.length; at += 4) {
        const a = sextets[encoded[at] ?? 0] ?? 255;
        const b = sextets[encoded[at + 1] ?? 0] ?? 255;
        const c = sextets[encoded[at + 2] ?? 0] ?? 255;
        const d = sextets[encoded[at + 3] ?? 0] ?? 255;
        if ((a | b | c | d) > 63) break;
        decoded[to++] = (a << 2) | (b >> 4);
        decoded[to++] = (b << 4) | (c >> 2);
        decoded[to++] = (c << 6) | d;
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
