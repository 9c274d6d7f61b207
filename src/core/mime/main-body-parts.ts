import { contentTypeOf, parseParameterizedValue } from "./content-type.ts";
import { headerValues, type HeaderField } from "./header-fields.ts";
import { eachPart } from "./multipart.ts";
import { readEntity, type Entity } from "./entity.ts";

/** A text/plain or text/html part that stands for the message's own text. */
export interface MainBodyPart extends Entity {
  readonly type: "text/plain" | "text/html";
  /** The part with its header as a view of the body it was found in; null for the root itself. */
  readonly whole: Uint8Array | null;
}

const MAX_DEPTH = 16;

/**
 * RFC 9787, section 7.1: what is reached by the first child of each multipart, or by any child of
 * multipart/alternative, and is no attachment. Attached messages are not looked into.
 */
export function mainBodyParts(root: Entity): MainBodyPart[] {
  return [...partsBelow(root, null, 0)];
}

function* partsBelow(
  entity: Entity,
  whole: Uint8Array | null,
  depth: number,
): Generator<MainBodyPart> {
  const type = contentTypeOf(entity.fields);
  if (type === null || depth > MAX_DEPTH) return;
  if (type.value === "text/plain" || type.value === "text/html") {
    if (!isAttachment(entity.fields)) yield { ...entity, type: type.value, whole };
    return;
  }
  const boundary = type.parameters.get("boundary");
  if (!type.value.startsWith("multipart/") || boundary === undefined) return;
  for (const part of eachPart(entity.body, boundary)) {
    yield* partsBelow(readEntity(part), part, depth + 1);
    if (type.value !== "multipart/alternative") return;
  }
}

function isAttachment(fields: readonly HeaderField[]): boolean {
  const [disposition] = headerValues(fields, "content-disposition");
  return disposition !== undefined && parseParameterizedValue(disposition).value === "attachment";
}

/** The body with parts replaced that are views of it, in order of their appearance. */
export function* spliced(
  body: Uint8Array,
  replacements: readonly { readonly part: Uint8Array; readonly by: readonly Uint8Array[] }[],
): Generator<Uint8Array> {
  let at = 0;
  for (const { part, by } of replacements) {
    const start = part.byteOffset - body.byteOffset;
    yield body.subarray(at, start);
    yield* by;
    at = start + part.length;
  }
  yield body.subarray(at);
}
