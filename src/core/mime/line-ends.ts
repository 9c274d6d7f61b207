const LF = 0x0a;
const CR = 0x0d;
/** Octets that are looked at together. */
const BLOCK = 16;

/** What the lines of a content are like. Bare CR and bare LF both count as line ends. */
export interface LineFacts {
  /** Octets that canonical line ends would add. */
  readonly missing: number;
  /** Of the longest line, without its end, in octets. */
  readonly longest: number;
  readonly hasNul: boolean;
}

/** In one pass, and most of it sixteen octets at a time: content may be large. */
export function lineFacts(content: Uint8Array): LineFacts {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const lastBlock = content.length - BLOCK;
  let missing = 0;
  let longest = 0;
  let hasNul = false;
  let lineStart = 0;
  for (let at = 0; at < content.length;) {
    if (at <= lastBlock) {
      const first = view.getUint32(at, true);
      const second = view.getUint32(at + 4, true);
      const third = view.getUint32(at + 8, true);
      const fourth = view.getUint32(at + 12, true);
      const low = lowOctets(first) | lowOctets(second) | lowOctets(third) | lowOctets(fourth);
      if ((low & 0x80808080) === 0) {
        at += BLOCK;
        continue;
      }
    }
    for (const end = Math.min(at + BLOCK, content.length); at < end; at++) {
      const octet = content[at] ?? 0;
      if (octet > CR) continue;
      if (octet === 0) hasNul = true;
      if (octet !== LF && octet !== CR) continue;
      if (octet === LF ? content[at - 1] !== CR : content[at + 1] !== LF) missing++;
      longest = Math.max(longest, at - lineStart);
      lineStart = at + 1;
    }
  }
  return { missing, longest: Math.max(longest, content.length - lineStart), hasNul };
}

/** Has the highest bit of an octet set where the octet is below 14: NUL, LF and CR are. */
function lowOctets(word: number): number {
  return (word - 0x0e0e0e0e) & ~word;
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
