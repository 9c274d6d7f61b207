import { SmimeError } from "../errors.ts";
import { contentTypeOf } from "../mime/content-type.ts";
import type { Entity } from "../mime/entity.ts";
import {
  endedField,
  headerField,
  isStructureField,
  writtenName,
  type HeaderField,
} from "../mime/header-fields.ts";
import { withParameter } from "../mime/parameters.ts";
import { latin1Text, octetsOf } from "../octets.ts";
import { isProtectable, outsideOf } from "./header-confidentiality.ts";
import { withLegacyDisplay } from "./legacy-display.ts";

/** A message with header protection, before the cryptographic layers. */
export interface Payload {
  /** The fields that stay outside. */
  readonly outer: readonly HeaderField[];
  /** The cryptographic payload's header fields. */
  readonly fields: readonly HeaderField[];
  /** Its body, in pieces. */
  readonly body: readonly Uint8Array[];
}

/**
 * Copies the header fields into the cryptographic payload (RFC 9788, section 5.2), never by way of
 * message/rfc822. `cipher`: the confidentiality policy decides what stays outside, HP-Outer says
 * so inside, and the hidden fields lead the text for programs that do not know header protection.
 * @throws SmimeError mime-malformed if the message's Content-Type fields contradict each other
 */
export function protectHeaders({ fields, body }: Entity, intent: "clear" | "cipher"): Payload {
  const root = { fields: structureOf(fields), body };
  const protectable = fields.filter(isProtectable);
  if (intent === "clear") {
    return {
      outer: fields.filter((field) => !isStructureField(field)),
      fields: [...protectable.map(endedField), ...withIntent(root.fields, intent)],
      body: [body],
    };
  }
  const hidden = protectable.filter((field) => outsideOf(field) !== field);
  const shown = withLegacyDisplay(root, hidden);
  const exposed = protectable.flatMap((field) => outsideOf(field) ?? []);
  return {
    outer: fields.flatMap((field) => {
      if (isStructureField(field)) return [];
      return isProtectable(field) ? (outsideOf(field) ?? []) : field;
    }),
    fields: [
      ...protectable.map(endedField),
      ...exposed.map(hpOuter),
      ...withIntent(shown.fields, intent),
    ],
    body: shown.body,
  };
}

/** RFC 2045, section 5.2, for a message that does not say what its body is. */
const TEXT = headerField(octetsOf("Content-Type: text/plain; charset=us-ascii\r\n"));

function structureOf(fields: readonly HeaderField[]): HeaderField[] {
  if (contentTypeOf(fields) === null) {
    throw new SmimeError("mime-malformed", { detail: "contradictory Content-Type fields" });
  }
  const structure = fields.filter(isStructureField).map(endedField);
  const typed = structure.some(({ name }) => name === "content-type");
  return typed ? structure : [TEXT, ...structure];
}

/** The payload's root says that it holds the protected fields (RFC 9788, section 2.1.1). */
function withIntent(structure: readonly HeaderField[], intent: "clear" | "cipher"): HeaderField[] {
  return [
    headerField(octetsOf("MIME-Version: 1.0\r\n")),
    ...structure.map((field) =>
      field.name === "content-type" ? withParameter(field, "hp", intent) : field,
    ),
  ];
}

/** RFC 9788, section 2.2.1: the field as it stands outside, folding and all. */
function hpOuter(field: HeaderField): HeaderField {
  const value = latin1Text(field.raw.subarray(field.raw.indexOf(0x3a) + 1)).trim();
  return headerField(octetsOf(`HP-Outer: ${writtenName(field)}: ${value}\r\n`));
}
