const LF = 0x0a;
const CR = 0x0d;

/**
 * The content with CRLF at each line end (RFC 8551, section 3.1.1); bare CR and bare LF both count
 * as line ends. The same array where nothing is to be changed.
 */
export function canonicalLineEnds(content: Uint8Array): Uint8Array {
  let missing = 0;
  for (let at = 0; at < content.length; at++) {
    const octet = content[at];
    if (octet === LF && content[at - 1] !== CR) missing++;
    else if (octet === CR && content[at + 1] !== LF) missing++;
  }
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
