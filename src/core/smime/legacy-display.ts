import { encodeBase64Lines } from "../mime/base64.ts";
import { contentTypeOf } from "../mime/content-type.ts";
import { readableValue } from "../mime/encoded-words.ts";
import type { Entity } from "../mime/entity.ts";
import { headerField, headerValues, writtenName, type HeaderField } from "../mime/header-fields.ts";
import { htmlTags, type HtmlTag } from "../mime/html-tags.ts";
import { mainBodyParts, spliced, type MainBodyPart } from "../mime/main-body-parts.ts";
import { withoutParameter, withParameter } from "../mime/parameters.ts";
import { decodeBody } from "../mime/transfer-encoding.ts";
import { concatOctets, joinOctets, latin1Text, octetsOf } from "../octets.ts";

/**
 * The legacy display element of RFC 9788: hidden fields once more at the start of the text, for
 * programs that can decrypt but do not know header protection. Those that do leave it out.
 */

const PARAMETER = "hp-legacy-display";
const HTML_CLASS = "header-protection-legacy-display";
const CRLF = octetsOf("\r\n");
const TRANSFER_ENCODING = "content-transfer-encoding";
const BASE64 = headerField(octetsOf("Content-Transfer-Encoding: base64\r\n"));

/** An entity whose body is still in pieces of the bytes it was made of. */
export interface PiecedEntity {
  readonly fields: readonly HeaderField[];
  readonly body: readonly Uint8Array[];
}

/**
 * Adds the element to each main body part that can take it (RFC 9788, sections 5.2.2 to 5.2.5).
 * @param hidden the fields that readers will not find outside
 */
export function withLegacyDisplay(root: Entity, hidden: readonly HeaderField[]): PiecedEntity {
  const lines = hidden
    // A copy of the subject that only programs read.
    .filter(({ name, value }) => name !== "thread-topic" && value !== "")
    .map((field) => `${writtenName(field)}: ${readableValue(field)}`);
  if (lines.length === 0) return { ...root, body: [root.body] };
  return rewrittenParts(root, (part) => withElement(part, lines));
}

/** Takes the elements out of an encrypted message's text again (RFC 9788, section 4.5.3). */
export function withoutLegacyDisplay(root: Entity): PiecedEntity {
  return rewrittenParts(root, (part) => {
    if (contentTypeOf(part.fields)?.parameters.get(PARAMETER) !== "1") return null;
    const content = decodeBody(part.fields, part.body);
    const rest = part.type === "text/plain" ? afterBlankLine(content) : withoutElement(content);
    return rewritten(part, rest, isEncoded(part), (field) => withoutParameter(field, PARAMETER));
  });
}

/** @param rewrite null leaves a part as it is */
function rewrittenParts(
  root: Entity,
  rewrite: (part: MainBodyPart) => Entity | null,
): PiecedEntity {
  const replacements: { part: Uint8Array; by: Uint8Array[] }[] = [];
  for (const part of mainBodyParts(root)) {
    const replaced = rewrite(part);
    if (replaced === null) continue;
    if (part.whole === null) return { fields: replaced.fields, body: [replaced.body] };
    const by = [...replaced.fields.map(({ raw }) => raw), CRLF, replaced.body];
    replacements.push({ part: part.whole, by });
  }
  return { fields: root.fields, body: [...spliced(root.body, replacements)] };
}

function withElement(part: MainBodyPart, lines: readonly string[]): Entity | null {
  // A part that leaves its type out cannot be marked, and what is not marked is not taken off.
  if (headerValues(part.fields, "content-type").length !== 1) return null;
  const charset = contentTypeOf(part.fields)?.parameters.get("charset")?.toLowerCase();
  const plain = part.type === "text/plain";
  const text = plain ? `${lines.join("\r\n")}\r\n\r\n` : htmlElement(lines);
  const ascii = /^[\r\n -~]*$/.test(text);
  if (!takes(charset, ascii)) return null;
  const content = decodeBody(part.fields, part.body);
  const at = plain ? 0 : startOfHtmlBody(latin1Text(content));
  const added = concatOctets(
    content.subarray(0, at),
    new TextEncoder().encode(text),
    content.subarray(at),
  );
  return rewritten(part, added, isEncoded(part) || !ascii, (field) =>
    withParameter(field, PARAMETER, "1"),
  );
}

/** Another content for a part. */
function rewritten(
  part: MainBodyPart,
  content: Uint8Array,
  encode: boolean,
  retyped: (field: HeaderField) => HeaderField,
): Entity {
  const typed = part.fields.map((field) =>
    field.name === "content-type" ? retyped(field) : field,
  );
  if (!encode) return { fields: typed, body: content };
  return {
    fields: [...typed.filter(({ name }) => name !== TRANSFER_ENCODING), BASE64],
    body: encodeBase64Lines(content),
  };
}

function isEncoded({ fields, body }: Entity): boolean {
  return decodeBody(fields, body) !== body;
}

/** Whether octets of UTF-8 or ASCII can stand before the part's own text. */
function takes(charset: string | undefined, ascii: boolean): boolean {
  if (charset === "utf-8" || charset === "utf8") return true;
  return ascii && /^(?:us-ascii|iso-8859-\d+|windows-12\d\d)?$/.test(charset ?? "");
}

/** RFC 9788, section 5.2.3: nothing of a field's value may be taken for HTML. */
function htmlElement(lines: readonly string[]): string {
  const entities: Record<string, string> = {
    "<": "&lt;",
    ">": "&gt;",
    "'": "&apos;",
    '"': "&quot;",
    "&": "&amp;",
  };
  const text = lines
    .map((line) => line.replace(/[<>'"&]/g, (character) => entities[character] ?? ""))
    .join("\r\n");
  return `<div class="${HTML_CLASS}"><pre>${text}</pre></div>`;
}

function startOfHtmlBody(html: string): number {
  let head: number | null = null;
  let root: number | null = null;
  for (const { name, closing, end } of htmlTags(html)) {
    if (name === "body" && !closing) return end;
    if (name === "head" && closing) head ??= end;
    if (name === "html" && !closing) root ??= end;
  }
  return head ?? root ?? /^\s*<!doctype[^>]*>/i.exec(html)?.[0].length ?? 0;
}

/** Leading lines up to and including the first blank one (RFC 9788, section 4.5.3.2). */
function afterBlankLine(content: Uint8Array): Uint8Array {
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(0x0a, start);
    if (end === -1) break;
    if (end === start || (end === start + 1 && content[start] === 0x0d)) {
      return content.subarray(end + 1);
    }
    start = end + 1;
  }
  return content;
}

/** Each marked div up to its end tag; one that does not end is no element and stays. */
function withoutElement(content: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let at = 0;
  for (const { start, end } of markedElements(latin1Text(content))) {
    if (start < at) continue;
    kept.push(content.subarray(at, start));
    at = end;
  }
  return at === 0 ? content : joinOctets([...kept, content.subarray(at)]);
}

/** In the order of their starts; one may lie in another. */
function markedElements(html: string): { start: number; end: number }[] {
  const open: HtmlTag[] = [];
  const found: { start: number; end: number }[] = [];
  for (const tag of htmlTags(html)) {
    if (tag.name !== "div") continue;
    if (!tag.closing) open.push(tag);
    else {
      const opening = open.pop();
      const classes = opening?.attributes.get("class")?.split(/\s+/);
      if (opening !== undefined && classes?.includes(HTML_CLASS) === true) {
        found.push({ start: opening.start, end: tag.end });
      }
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
