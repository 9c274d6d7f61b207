import type { MessageHeader } from "../core/smime/verdict.ts";

/** What programs show to people (RFC 9788, section 1.1.1), as it is usually written. */
const userFacing: ReadonlyMap<string, string> = new Map(
  [
    ...["Subject", "From", "To", "Cc", "Bcc", "Date", "Reply-To", "Followup-To", "Sender"],
    ...["Resent-From", "Resent-To", "Resent-Cc", "Resent-Bcc", "Resent-Date", "Resent-Sender"],
  ].map((name) => [name.toLowerCase(), name]),
);

export function userFacingHeaders(headers: readonly MessageHeader[]): MessageHeader[] {
  return headers.flatMap((header) => {
    const name = userFacing.get(header.name.toLowerCase());
    return name === undefined ? [] : [{ ...header, name }];
  });
}
