const LF = 0x0a;
const CR = 0x0d;

/** What the lines of a content are like. Bare CR and bare LF both count as line ends. */
export interface LineFacts {
  /** Octets that canonical line ends would add. */
  readonly missing: number;
  /** Of the longest line, without its end, in octets. */
  readonly longest: number;
  readonly hasNul: boolean;
}

/** In one pass, and most of it four octets at a time: content may be large. */
export function lineFacts(content: Uint8Array): LineFacts {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const lastWord = content.length - 4;
  let missing = 0;
  let longest = 0;
  let hasNul = false;
  let lineStart = 0;
  for (let at = 0; at < content.length;) {
    if (at <= lastWord) {
      const word = view.getUint32(at, true);
      // Whether none of the four is below 14: neither NUL nor LF nor CR can be among them.
      if (((word - 0x0e0e0e0e) & ~word & 0x80808080) === 0) {
        at += 4;
        continue;
      }
    }
    for (const end = Math.min(at + 4, content.length); at < end; at++) {
      const octet = content[at];
      if (octet === 0) hasNul = true;
      if (octet !== LF && octet !== CR) continue;
      if (octet === LF ? content[at - 1] !== CR : content[at + 1] !== LF) missing++;
      longest = Math.max(longest, at - lineStart);
      lineStart = at + 1;
    }
  }
  return { missing, longest: Math.max(longest, content.length - lineStart), hasNul };
}

/**
 * The content with CRLF at each line end (RFC 8551, section 3.1.1). The same array where nothing is
 * to be changed.
 */
export function canonicalLineEnds(
  content: Uint8Array,
  { missing }: LineFacts = lineFacts(content),
): Uint8Array {
  if (missing === 0) return content;
  const canonical = new Uint8Array(content.length + missing);
  let to = 0;
  for (let at = 0; at < content.length; at++) {
    const octet = content[at] ?? 0;
    if (octet === LF && content[at - 1] !== CR) canonical[to++] = CR;
    canonical[to++] = octet;
    if (octet === CR && content[at + 1] !== LF) canonical[to++] = LF;
  }
  return canonical;
}
