import { decodeWords } from "postal-mime";
import { headerFields, splitHeaderBody } from "../core/mime/header-fields.ts";

/** What programs show to people (RFC 9788, section 1.1.1), by how it is written. */
const userFacing: ReadonlyMap<string, string> = new Map(
  [
    ...["Subject", "From", "To", "Cc", "Bcc", "Date", "Reply-To", "Followup-To", "Sender"],
    ...["Resent-From", "Resent-To", "Resent-Cc", "Resent-Date", "Resent-Sender"],
  ].map((name) => [name.toLowerCase(), name]),
);

export interface ReadableHeader {
  readonly name: string;
  /** Encoded words decoded. */
  readonly value: string;
  readonly protection: "confidential" | "signed" | "none";
  /** The same field outside the protection; null if there is none. */
  readonly outer: string | null;
}

export function readableHeaders(message: Uint8Array): ReadableHeader[] {
  return headerFields(splitHeaderBody(message).header).flatMap(({ name, value }) => {
    const written = userFacing.get(name);
    if (written === undefined) return [];
    const readable = decodeWords(value);
    return [{ name: written, value: readable, protection: "none", outer: readable }];
  });
}
