import {
  headerFields,
  isStructureField,
  splitHeaderBody,
  type HeaderField,
} from "../mime/header-fields.ts";
import { concatOctets, octetsOf } from "../octets.ts";

/** A message taken apart for wrapping: what describes the body goes inside, the rest stays. */
export interface MessageFrame {
  readonly outer: readonly HeaderField[];
  /** The MIME entity: its Content-* fields byte for byte, the empty line, and the body. */
  readonly entity: Uint8Array;
}

const CRLF = octetsOf("\r\n");

export function takeApart(message: Uint8Array): MessageFrame {
  const { header, body } = splitHeaderBody(message);
  const fields = headerFields(header);
  const structure = fields.filter(isStructureField).map(({ raw }) => raw);
  return {
    outer: fields.filter((field) => !isStructureField(field)),
    entity: concatOctets(...structure, CRLF, body),
  };
}

/**
 * The message with its own header fields in place, followed by the new structure fields. Adds
 * MIME-Version where there is none, without which the structure means nothing (RFC 2045, section 4).
 */
export function putTogether(
  outer: readonly HeaderField[],
  structure: readonly string[],
  ...body: readonly Uint8Array[]
): Uint8Array {
  const versioned = outer.some(({ name }) => name === "mime-version");
  const fields = [...(versioned ? [] : ["MIME-Version: 1.0"]), ...structure];
  return concatOctets(
    ...outer.map(({ raw }) => raw),
    octetsOf(fields.map((field) => `${field}\r\n`).join("")),
    CRLF,
    ...body,
  );
}
