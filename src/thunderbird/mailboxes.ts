import { api } from "./api.ts";

/**
 * The addresses of a header value, by Thunderbird's own parser, groups expanded. An entry without
 * an address (a mailing list of the address book not yet expanded) comes back as its name, so that
 * it counts as somebody who cannot be reached rather than as nobody.
 */
export async function mailboxAddresses(headerValue: string): Promise<string[]> {
  if (headerValue.trim() === "") return [];
  const mailboxes = await api.messengerUtilities.parseMailboxString(headerValue);
  return mailboxes.flatMap(({ email, name }) => {
    const entry = email ?? name ?? "";
    return entry === "" ? [] : [entry];
  });
}
