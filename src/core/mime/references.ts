import { headerFields, headerValues, splitHeaderBody, type HeaderField } from "./header-fields.ts";

/** What a message answers (RFC 5322, section 3.6.4). Identifiers without angle brackets. */
export interface References {
  readonly messageId: string | null;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
}

export function referencesOf(message: Uint8Array): References {
  return referencesIn(headerFields(splitHeaderBody(message).header));
}

export function referencesIn(fields: readonly HeaderField[]): References {
  const identifiers = (name: string): string[] =>
    headerValues(fields, name).flatMap((value) =>
      Array.from(value.matchAll(/<([^<>\s]+)>/g), ([, identifier = ""]) => identifier),
    );
  return {
    messageId: identifiers("message-id")[0] ?? null,
    inReplyTo: identifiers("in-reply-to"),
    references: identifiers("references"),
  };
}
