import {
  headerFields,
  isStructureField,
  splitHeaderBody,
  type HeaderField,
} from "../mime/header-fields.ts";
import { concatOctets, joinOctets, octetsOf } from "../octets.ts";

/** A MIME entity (RFC 2045, section 2.4) or a message, in views of the received bytes. */
export interface Entity {
  readonly fields: readonly HeaderField[];
  readonly body: Uint8Array;
}

/** Content that does not start with a header field has no header: some senders sign bare text. */
export function readEntity(content: Uint8Array): Entity {
  const { header, body } = splitHeaderBody(content);
  const fields = headerFields(header);
  return fields[0]?.name === "" ? { fields: [], body: content } : { fields, body };
}

/**
 * A message to render: the outer fields that do not describe the body, then of the inner entity
 * the fields that do, and its body. Other fields of the inner entity are left out, so that no
 * second From or Subject can stand in for the outer one.
 */
export function messageAround(outer: Entity, inner: Entity): Uint8Array {
  const kept = outer.fields.filter((field) => !isStructureField(field));
  const structure = inner.fields.filter(isStructureField);
  const versioned = kept.some(({ name }) => name === "mime-version");
  const header = joinOctets([
    ...kept.map(endedRaw),
    ...(versioned ? [] : [octetsOf("MIME-Version: 1.0\r\n")]),
    ...structure.map(endedRaw),
  ]);
  return concatOctets(header, octetsOf("\r\n"), inner.body);
}

function endedRaw({ raw }: HeaderField): Uint8Array {
  return raw.at(-1) === 0x0a ? raw : concatOctets(raw, octetsOf("\r\n"));
}
