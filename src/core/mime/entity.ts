import { joinOctets, octetsOf } from "../octets.ts";
import { headerFields, splitHeaderBody, type HeaderField } from "./header-fields.ts";

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

const CRLF = octetsOf("\r\n");

/** The inverse: a copy of the whole. Each field's line has its end. */
export function entityOctets({ fields, body }: Entity): Uint8Array {
  return joinOctets([...fields.map(({ raw }) => raw), CRLF, body]);
}
