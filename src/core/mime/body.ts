import { decodeWords } from "postal-mime";
import { SmimeError } from "../errors.ts";
import { contentTypeOf, parseParameterizedValue, type ParameterizedValue } from "./content-type.ts";
import { readableValue } from "./encoded-words.ts";
import { readEntity, type Entity } from "./entity.ts";
import { headerFields, headerValues, splitHeaderBody } from "./header-fields.ts";
import { multipartParts } from "./multipart.ts";
import { readText } from "./text.ts";
import { decodeBody, decodedLength } from "./transfer-encoding.ts";

/** A message's content, decoded for display. */
export interface MessageBody {
  /** As the sender wrote it, not sanitised. */
  readonly html: string | null;
  readonly text: string | null;
  /** What is not shown inline. */
  readonly attachments: readonly BodyAttachment[];
  /** Images that the HTML refers to by Content-ID (without angle brackets). */
  readonly inlineImages: readonly (BodyAttachment & { readonly contentId: string })[];
}

export interface BodyAttachment {
  /** Safe as the name of a file: no path, no control characters. Empty where the part has no name. */
  readonly name: string;
  readonly type: string;
  /** About how many octets `content` has, for people: cheap. */
  readonly size: number;
  /** Decoded when it is first asked for: most attachments are listed and not opened. */
  readonly content: Uint8Array;
}

/** Real messages have dozens of parts at most; these bounds are for hostile ones. */
const MAX_PARTS = 2000;
const MAX_DEPTH = 32;

/**
 * Decodes a complete message (RFC 2045 to 2049). Attached messages stay attachments: their text is
 * not this message's text.
 *
 * The parts are cut by the code that signatures are verified with, so that what is shown cannot be
 * another reading of the message than what was verified. General MIME libraries look at every line
 * of every part, too: ten megabytes took them seconds, or all memory.
 * @throws SmimeError message-too-complex
 */
export function readBody(message: Uint8Array | Entity): MessageBody {
  const reading: Reading = { parts: 0, files: [] };
  const root = message instanceof Uint8Array ? takeApart(message) : message;
  const { html, text } = shownAs(readPart(root, 0, reading));
  const shown = contentIdsIn(html ?? "");
  const isInline = (file: File): file is InlineImage =>
    file.contentId !== null && INLINE_IMAGE.test(file.type) && shown.has(file.contentId);
  return {
    html,
    text,
    // An image that the HTML does not show would be lost if it were not listed.
    attachments: reading.files.filter((file) => !isInline(file)),
    inlineImages: reading.files.filter(isInline),
  };
}

/** A header field for people, the first of that name (lower case); empty if there is none. */
export function fieldOf(message: Uint8Array, wanted: string): string {
  const field = readEntity(message).fields.find(({ name }) => name === wanted);
  return field === undefined ? "" : readableValue(field);
}

/** What a page can show without a program of its own. */
const INLINE_IMAGE = /^image\/(?:gif|jpeg|png|webp)$/;

/** RFC 2392: the identifiers that the HTML refers to, percent-encoded or not. */
function contentIdsIn(html: string): ReadonlySet<string> {
  const ids = Array.from(html.matchAll(/cid:([^"'\s<>]+)/gi), ([, id = ""]) => id);
  return new Set(ids.flatMap((id) => [id, percentDecoded(id)]));
}

function percentDecoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

type InlineImage = MessageBody["inlineImages"][number];
type File = BodyAttachment & { readonly contentId: string | null };

/** A piece of the body in its order; both forms where the sender gave alternatives. */
interface Block {
  readonly html: string | null;
  readonly text: string | null;
}

const OCTETS: ParameterizedValue = { value: "application/octet-stream", parameters: new Map() };

interface Reading {
  parts: number;
  readonly files: File[];
}

function takeApart(part: Uint8Array): Entity {
  const { header, body } = splitHeaderBody(part);
  return { fields: headerFields(header), body };
}

function readPart({ fields, body }: Entity, depth: number, reading: Reading): readonly Block[] {
  if (++reading.parts > MAX_PARTS || depth > MAX_DEPTH) {
    throw new SmimeError("message-too-complex");
  }
  // Contradicting types: nobody can say what it is, so it is offered as a file.
  const type = contentTypeOf(fields) ?? OCTETS;
  const boundary = type.parameters.get("boundary");
  if (type.value.startsWith("multipart/") && boundary !== undefined) {
    const children = multipartParts(body, boundary).map((child) =>
      readPart(takeApart(child), depth + 1, reading),
    );
    return type.value === "multipart/alternative" ? [alternative(children)] : children.flat();
  }
  const disposition = parseParameterizedValue(headerValues(fields, "content-disposition")[0] ?? "");
  if (disposition.value !== "attachment") {
    const text = () => readText(decodeBody(fields, body), type);
    if (type.value === "text/plain") return [{ html: null, text: text() }];
    if (type.value === "text/html") return [{ html: text(), text: null }];
  }
  const contentId = headerValues(fields, "content-id")[0]?.replace(/^<|>$/g, "") ?? null;
  let decoded: Uint8Array | null = null;
  reading.files.push({
    name: nameOf(type, disposition),
    type: type.value,
    contentId,
    get size() {
      return decodedLength(fields, body);
    },
    get content() {
      return (decoded ??= decodeBody(fields, body));
    },
  });
  return [];
}

/** RFC 2046, section 5.1.4: the last form is the best. */
function alternative(children: readonly (readonly Block[])[]): Block {
  const forms = children.filter((blocks) => blocks.length > 0).map(shownAs);
  return {
    html: forms.findLast(({ html }) => html !== null)?.html ?? null,
    text: forms.find(({ text }) => text !== null)?.text ?? null,
  };
}

/** Several blocks as one: text between HTML is shown among it. */
function shownAs(blocks: readonly Block[]): Block {
  const joined = (parts: readonly (string | null)[]): string | null => {
    const given = parts.filter((part) => part !== null);
    return given.length === 0 ? null : given.join("\n");
  };
  return {
    html: blocks.some(({ html }) => html !== null)
      ? joined(blocks.map(({ html, text }) => html ?? (text === null ? null : textAsHtml(text))))
      : null,
    text: joined(blocks.map(({ text }) => text)),
  };
}

function textAsHtml(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<div style="white-space: pre-wrap">${escaped}</div>`;
}

/** Many senders put encoded words into parameters, though RFC 2047, section 5, forbids it. */
function nameOf(type: ParameterizedValue, disposition: ParameterizedValue): string {
  const given = disposition.parameters.get("filename") ?? type.parameters.get("name") ?? "";
  return fileName(decodeWords(given));
}

function fileName(name: string): string {
  return name
    .replace(/^.*[/\\]/s, "")
    .replace(/[\p{Cc}\p{Cf}:*?"<>|]/gu, "_")
    .replace(/^\.+|[. ]+$/g, "_")
    .slice(0, 200);
}
