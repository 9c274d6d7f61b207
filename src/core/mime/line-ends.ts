const LF = 0x0a;
const CR = 0x0d;

/**
 * The content with CRLF at each line end (RFC 8551, section 3.1.1); bare CR and bare LF both count
 * as line ends. The same array where nothing is to be changed.
 */
export function canonicalLineEnds(content: Uint8Array): Uint8Array {
  const missing = missingOctets(content);
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

/** Searching for line ends is many times faster than looking at each octet. */
function missingOctets(content: Uint8Array): number {
  let lineFeeds = 0;
  let pairs = 0;
  for (let at = content.indexOf(LF); at !== -1; at = content.indexOf(LF, at + 1)) {
    lineFeeds++;
    if (content[at - 1] === CR) pairs++;
  }
  let returns = 0;
  for (let at = content.indexOf(CR); at !== -1; at = content.indexOf(CR, at + 1)) returns++;
  return lineFeeds - pairs + (returns - pairs);
}
