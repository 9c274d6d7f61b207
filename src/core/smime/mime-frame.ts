import { readEntity } from "../mime/entity.ts";
import { isStructureField, type HeaderField } from "../mime/header-fields.ts";
import { concatOctets, octetsOf } from "../octets.ts";
import { protectHeaders } from "./protect-headers.ts";
import { entityKind } from "./protection-hint.ts";

/** A message taken apart for wrapping: what describes the body goes inside, the rest stays. */
export interface MessageFrame {
  readonly outer: readonly HeaderField[];
  /** The MIME entity that is to be signed or encrypted, in pieces, so that bulk content is copied once. */
  readonly entity: readonly Uint8Array[];
}

const CRLF = octetsOf("\r\n");

/**
 * @param intent what the header fields inside are to be protected for (RFC 9788, section 2.1.1);
 * a message that is signed already has them inside, and only its structure moves
 * @throws SmimeError mime-malformed if the message's Content-Type fields contradict each other
 */
export function takeApart(message: Uint8Array, intent: "clear" | "cipher"): MessageFrame {
  const entity = readEntity(message);
  const { outer, fields, body } =
    entityKind(entity.fields).kind === "other"
      ? protectHeaders(entity, intent)
      : {
          outer: entity.fields.filter((field) => !isStructureField(field)),
          fields: entity.fields.filter(isStructureField),
          body: [entity.body],
        };
  return { outer, entity: [...fields.map(({ raw }) => raw), CRLF, ...body] };
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
