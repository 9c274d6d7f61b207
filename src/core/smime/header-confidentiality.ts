import { headerField, writtenName, type HeaderField } from "../mime/header-fields.ts";
import { octetsOf } from "../octets.ts";

/** What stands outside in place of the subject of an encrypted message (RFC 9788, section 3.2.1). */
export const OBSCURED_SUBJECT = "[...]";

/**
 * What goes outside of an encrypted message in place of a field; null if nothing does. This is
 * hcp_baseline of RFC 9788, section 3.2.1, and beyond it Thread-Topic goes too: some programs put
 * the subject there once more.
 */
export function outsideOf(field: HeaderField): HeaderField | null {
  switch (field.name) {
    case "subject":
      return headerField(octetsOf(`${writtenName(field)}: ${OBSCURED_SUBJECT}\r\n`));
    case "comments":
    case "keywords":
    case "thread-topic":
      return null;
    default:
      return field;
  }
}

/** Fields for those who handle the message on its way or keep it, not for those who read it. */
const handling = new Set([
  ...["bcc", "resent-bcc", "fcc", "x-identity-key", "x-account-key"],
  ...["return-path", "received", "received-spf", "delivered-to", "x-original-to"],
  ...["authentication-results", "dkim-signature", "domainkey-signature"],
  ...["status", "x-status", "x-uid", "x-uidl"],
]);

/**
 * Whether a field is the author's word to the readers and so belongs under the protection (RFC 9788,
 * section 5.1): every field that does not describe the body, but never Bcc (section 11.4), nor what
 * was added on the way, nor a mail program's own notes.
 */
export function isProtectable({ name }: HeaderField): boolean {
  return (
    name !== "" &&
    name !== "mime-version" &&
    name !== "hp-outer" &&
    !name.startsWith("content-") &&
    !handling.has(name) &&
    !/^(?:x-mozilla-|arc-|x-ms-exchange-)/.test(name)
  );
}
