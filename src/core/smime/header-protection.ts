import { contentTypeOf } from "../mime/content-type.ts";
import { readableValue } from "../mime/encoded-words.ts";
import { readEntity, type Entity } from "../mime/entity.ts";
import {
  endedField,
  headerField,
  isStructureField,
  writtenName,
  type HeaderField,
} from "../mime/header-fields.ts";
import { eachPart } from "../mime/multipart.ts";
import { joinOctets, octetsOf } from "../octets.ts";
import { withoutLegacyDisplay } from "./legacy-display.ts";
import { entityKind } from "./protection-hint.ts";
import type { MessageHeader } from "./verdict.ts";

type ExposedField = Pick<HeaderField, "name" | "value">;

/** What the cryptographic payload says about the message's header fields (RFC 9788, section 4). */
export interface ReadPayload {
  /** The fields under the protection; null if the payload has no header protection. */
  readonly protectedFields: readonly HeaderField[] | null;
  /** What the author put outside, as far as is known; null if nothing was meant to be hidden. */
  readonly exposed: readonly ExposedField[] | null;
  /** The MIME entity to render. */
  readonly entity: Entity;
}

/**
 * Header protection as RFC 9788 has it, and two schemes before it: the message/rfc822 wrapper of
 * RFC 8551 (section 4.10) and `protected-headers="v1"`, where what was meant to be hidden can only
 * be inferred from what is missing outside.
 * @param payload the innermost entity of the cryptographic envelope
 */
export function readPayload(outer: Entity, payload: Entity, encrypted: boolean): ReadPayload {
  const type = contentTypeOf(payload.fields);
  const intent = type?.parameters.get("hp");
  if (intent === "clear" || intent === "cipher") {
    return {
      protectedFields: payload.fields.filter(isMessageField),
      exposed: encrypted && intent === "cipher" ? exposedInside(payload.fields) : null,
      entity: payload,
    };
  }
  const exposed = encrypted ? outer.fields.filter(isMessageField) : null;
  if (type?.value === "message/rfc822" && intent === undefined) {
    const inner = readEntity(payload.body);
    const innerIntent = contentTypeOf(inner.fields)?.parameters.get("hp");
    if (innerIntent === undefined && entityKind(inner.fields).kind === "other") {
      return { protectedFields: inner.fields.filter(isMessageField), exposed, entity: inner };
    }
  }
  if (type?.parameters.get("protected-headers")?.toLowerCase() === "v1") {
    return {
      protectedFields: payload.fields.filter(isMessageField),
      exposed,
      entity: withoutHeaderPart(payload),
    };
  }
  return { protectedFields: null, exposed: null, entity: payload };
}

/** RFC 9788, section 4.2.1: name and value apart at the first colon, wherever the field is folded. */
function exposedInside(fields: readonly HeaderField[]): ExposedField[] {
  return fields
    .filter(({ name }) => name === "hp-outer")
    .map(({ value }) => {
      const colon = value.indexOf(":");
      return { name: value.slice(0, colon).toLowerCase(), value: value.slice(colon + 1).trim() };
    });
}

function isMessageField(field: HeaderField): boolean {
  return (
    field.name !== "" &&
    field.name !== "mime-version" &&
    field.name !== "hp-outer" &&
    !isStructureField(field)
  );
}

/** The older scheme repeats hidden fields in a part of their own, before the content. */
function withoutHeaderPart(payload: Entity): Entity {
  const type = contentTypeOf(payload.fields);
  const boundary = type?.parameters.get("boundary");
  if (type?.value !== "multipart/mixed" || boundary === undefined) return payload;
  const [first, second] = eachPart(payload.body, boundary);
  if (first === undefined || second === undefined) return payload;
  const { fields } = readEntity(first);
  const firstType = contentTypeOf(fields);
  if (firstType?.parameters.get("protected-headers")?.toLowerCase() !== "v1") return payload;
  if (!/^text\/(?:plain|rfc822-headers)$/.test(firstType.value)) return payload;
  const rest = payload.body.subarray(second.byteOffset - payload.body.byteOffset);
  return { fields: payload.fields, body: joinOctets([octetsOf(`--${boundary}\r\n`), rest]) };
}

/**
 * Each field with its protection (RFC 9788, section 4.3): those of the payload first, then those
 * that are only outside. \`signed\`: the signature over the payload counts.
 */
export function messageHeaders(
  outer: Entity,
  { protectedFields, exposed }: Pick<ReadPayload, "protectedFields" | "exposed">,
  signed: boolean,
): MessageHeader[] {
  const outside = outer.fields.filter(isMessageField);
  const exposedKeys = exposed === null ? null : new Set(exposed.map(comparable));
  const unpaired = new Map<string, HeaderField[]>();
  for (const field of outside) {
    const others = unpaired.get(field.name);
    if (others === undefined) unpaired.set(field.name, [field]);
    else others.push(field);
  }
  const inside = (protectedFields ?? []).map((field): MessageHeader => {
    const counterpart = unpaired.get(field.name)?.shift();
    const confidential = exposedKeys !== null && !exposedKeys.has(comparable(field));
    return {
      name: writtenName(field),
      value: readableValue(field),
      protection: confidential ? "confidential" : signed ? "signed" : "none",
      outer: counterpart === undefined ? null : readableValue(counterpart),
    };
  });
  const left = new Set([...unpaired.values()].flat());
  const unprotected = outside
    .filter((field) => left.has(field))
    .map((field): MessageHeader => {
      const value = readableValue(field);
      return { name: writtenName(field), value, protection: "none", outer: value };
    });
  return [...inside, ...unprotected];
}

/** Relays fold anew. */
function comparable({ name, value }: ExposedField): string {
  return `${name}:${value.replace(/\s+/g, " ")}`;
}

/** What an author would have put inside: without that, it was added by somebody else. */
const authorsFields = new Set([
  ...["to", "cc", "bcc", "reply-to", "mail-reply-to", "mail-followup-to", "subject"],
  ...["comments", "keywords", "in-reply-to", "references", "thread-topic"],
]);

/**
 * The message to render: the protected fields and, of those outside, what may have been added on
 * the way; without header protection all of those outside. Then the rendered entity, without legacy
 * display elements if it was encrypted. Fields of an entity without header protection are left out,
 * so that no second From or Subject can stand in for the outer one.
 * @param fromAgrees if not, the outer From stays (RFC 9788, section 4.4.3)
 */
export function renderedMessage(
  outer: Entity,
  { protectedFields, entity }: ReadPayload,
  { encrypted, fromAgrees }: { readonly encrypted: boolean; readonly fromAgrees: boolean },
): Entity {
  const outside = outer.fields.filter((field) => !isStructureField(field));
  const inside = (protectedFields ?? []).filter(({ name }) => fromAgrees || name !== "from");
  const names = new Set(inside.map(({ name }) => name));
  const kept = outside.filter(
    ({ name }) => !names.has(name) && (protectedFields === null || !authorsFields.has(name)),
  );
  const rendered = encrypted ? withoutLegacyDisplay(entity) : { ...entity, body: [entity.body] };
  const header = [...kept, ...inside, ...rendered.fields.filter(isStructureField)];
  const versioned = kept.some(({ name }) => name === "mime-version");
  return {
    fields: [...header.map(endedField), ...(versioned ? [] : [MIME_VERSION])],
    body: joinOctets(rendered.body),
  };
}

const MIME_VERSION = headerField(octetsOf("MIME-Version: 1.0\r\n"));
