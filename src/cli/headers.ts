import { readableValue } from "../core/mime/encoded-words.ts";
import type { Entity } from "../core/mime/entity.ts";
import type { MessageHeader, OpenedMessage } from "../core/smime/verdict.ts";

/** What programs show to people (RFC 9787, section 1.1.2), by how it is written. */
const userFacing: ReadonlyMap<string, string> = new Map(
  [
    ...["Subject", "From", "To", "Cc", "Bcc", "Date", "Reply-To", "Followup-To", "Sender"],
    ...["Resent-From", "Resent-To", "Resent-Cc", "Resent-Bcc", "Resent-Date", "Resent-Sender"],
  ].map((name) => [name.toLowerCase(), name]),
);

/** Everything that is protected, and of the rest what programs show to people. */
export function shownHeaders({ headers }: OpenedMessage): MessageHeader[] {
  return headers.flatMap((header) => {
    const written = userFacing.get(header.name.toLowerCase());
    if (written === undefined) return header.protection === "none" ? [] : [header];
    return [{ ...header, name: written }];
  });
}

/** As it is shown: under header protection one that was added outside does not count. */
export function subjectOf({ fields }: Entity): string {
  const subject = fields.find(({ name }) => name === "subject");
  return subject === undefined ? "" : readableValue(subject);
}
