import type { ParameterizedValue } from "./content-type.ts";

/**
 * The text of a text part: its charset decoded and, where it is format=flowed, its paragraphs put
 * together again (RFC 3676). Lines end with LF.
 */
export function readText(content: Uint8Array, { parameters }: ParameterizedValue): string {
  const text = decodeCharset(content, parameters.get("charset")).replace(/\r\n?/g, "\n");
  const flowed = parameters.get("format")?.toLowerCase() === "flowed";
  return flowed ? unflowed(text, parameters.get("delsp")?.toLowerCase() === "yes") : text;
}

/**
 * A charset that is missing, unknown, or us-ascii with octets beyond it says nothing: then it is
 * UTF-8 if it can be, else what old programs meant, windows-1252.
 */
function decodeCharset(content: Uint8Array, charset: string | undefined): string {
  const said = charset?.trim().toLowerCase();
  if (said !== undefined && !/^(us-)?ascii$/.test(said)) {
    try {
      return new TextDecoder(said).decode(content);
    } catch {
      // A label that nobody knows.
    }
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return new TextDecoder("windows-1252").decode(content);
  }
}

/** RFC 3676, sections 4.1 to 4.4: a line that ends in a space goes on, at the same depth of quoting. */
function unflowed(text: string, deleteSpace: boolean): string {
  const paragraphs: string[] = [];
  let open: { readonly quotes: string; readonly pieces: string[] } | null = null;
  const close = () => {
    if (open !== null) paragraphs.push(quoted(open.quotes, open.pieces.join("")));
    open = null;
  };
  for (const line of text.split("\n")) {
    const quotes = line.startsWith(">") ? (/^>*/.exec(line)?.[0] ?? "") : "";
    const stuffed = line.charAt(quotes.length) === " ";
    const content = line.slice(quotes.length + (stuffed ? 1 : 0));
    const goesOn = content.endsWith(" ") && content !== "-- ";
    if (open !== null && (open.quotes !== quotes || content === "-- ")) close();
    open ??= { quotes, pieces: [] };
    open.pieces.push(goesOn && deleteSpace ? content.slice(0, -1) : content);
    if (!goesOn) close();
  }
  close();
  return paragraphs.join("\n");
}

function quoted(quotes: string, text: string): string {
  return quotes === "" ? text : `${quotes} ${text}`;
}
