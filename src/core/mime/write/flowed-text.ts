/** Where Thunderbird breaks lines, too. */
const WIDTH = 72;

/**
 * Text as `text/plain; format=flowed` (RFC 3676): long lines are broken at spaces, which stay at
 * the end of the line and tell the reader to join. Quoted lines, which begin with ">", are broken
 * with the same mark in front.
 */
export function flowedText(text: string): string {
  return text.split(/\r?\n/).map(flowedLine).join("\r\n");
}

function flowedLine(line: string): string {
  // The signature separator is the one line whose space at the end means nothing.
  if (line === "-- ") return line;
  const quote = /^>+/.exec(line)?.[0] ?? "";
  const rest = line.slice(quote.length).replace(/^ (?=.)/, quote === "" ? "$&" : "");
  const content = rest.trimEnd();
  const mark = quote === "" ? "" : `${quote} `;
  return brokenLines(content, WIDTH - mark.length)
    .map((piece) => (quote === "" ? stuffed(piece) : `${mark}${piece}`))
    .map((piece) => (piece.trimEnd() === quote ? quote : piece))
    .join("\r\n");
}

/** Each but the last ends with a space. A word that is longer than a line stays whole. */
function brokenLines(content: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of content.split(/(?<= )(?=[^ ])/)) {
    if (line !== "" && line.length + word.trimEnd().length > width && line.endsWith(" ")) {
      lines.push(line);
      line = "";
    }
    line += word;
  }
  return [...lines, line];
}

/** RFC 3676, section 4.4. */
function stuffed(line: string): string {
  return /^(?: |>|From )/.test(line) ? ` ${line}` : line;
}
