import { api } from "./api.ts";
import { withMembers } from "./mailing-lists.ts";

/**
 * The addresses of a header value, by Thunderbird's own parser, with the members of groups and of
 * the address book's mailing lists. An entry without an address comes back as its name, so that it
 * counts as somebody who cannot be reached rather than as nobody.
 */
export async function mailboxAddresses(headerValue: string): Promise<string[]> {
  if (headerValue.trim() === "") return [];
  const mailboxes = await withMembers(await api.messengerUtilities.parseMailboxString(headerValue));
  return mailboxes.flatMap(({ email, name }) => {
    const entry = email ?? name ?? "";
    return entry === "" ? [] : [entry];
  });
}
