/** A tag of an HTML text, cut as the HTML standard's tokenizer does (section 13.2.5). */
export interface HtmlTag {
  /** Lower case. */
  readonly name: string;
  readonly closing: boolean;
  /** Of its "<". */
  readonly start: number;
  /** Behind its ">". */
  readonly end: number;
  /** By lower-case name, character references unresolved; the first of equals. */
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * The tags in their order, up to one that does not end, in time that grows with the length of the
 * text. Comments and scripts are not told apart from text.
 */
export function* htmlTags(html: string): Generator<HtmlTag> {
  const opening = /<(\/?)([a-z][^\s/>]*)/gi;
  for (let match = opening.exec(html); match !== null; match = opening.exec(html)) {
    const attributes = new Map<string, string>();
    const end = readAttributes(html, opening.lastIndex, attributes);
    if (end === null) return;
    yield {
      name: (match[2] ?? "").toLowerCase(),
      closing: match[1] === "/",
      ...{ start: match.index, end, attributes },
    };
    opening.lastIndex = end;
  }
}

/** @returns where the tag has ended; null if it does not */
function readAttributes(html: string, from: number, into: Map<string, string>): number | null {
  let at = from;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const [taken = ""] = pattern.exec(html) ?? [];
    at += taken.length;
    return taken;
  };
  for (;;) {
    take(/[\s/]*/y);
    if (at >= html.length) return null;
    if (html.startsWith(">", at)) return at + 1;
    const name = take(/=?[^\s/>=]*/y).toLowerCase();
    const value = take(/\s*=\s*/y) === "" ? "" : takeValue();
    if (value === null) return null;
    if (!into.has(name)) into.set(name, value);
  }

  function takeValue(): string | null {
    const quote = html.charAt(at);
    if (quote !== '"' && quote !== "'") return take(/[^\s>]*/y);
    const close = html.indexOf(quote, at + 1);
    const value = close === -1 ? null : html.slice(at + 1, close);
    at = close + 1;
    return value;
  }
}
