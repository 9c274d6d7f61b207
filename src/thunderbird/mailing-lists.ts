import { vCardAddress } from "../core/vcard-address.ts";
import { api } from "./api.ts";

export interface Mailbox {
  readonly name?: string;
  readonly email?: string;
}

/**
 * Mailing lists of the address book replaced by their members, as Thunderbird does when it sends:
 * a member without an address is left out. Thunderbird writes a list as its name and, in place of
 * the address, its description or its name again. What is no list stays as it is.
 */
export async function withMembers(mailboxes: readonly Mailbox[]): Promise<readonly Mailbox[]> {
  // Whoever writes to addresses only has the address books left alone.
  if (mailboxes.every(isAddressed)) return mailboxes;
  const lists = await mailingLists();
  const replaced = await Promise.all(
    mailboxes.map(async (mailbox) => {
      const wanted = (mailbox.name ?? mailbox.email ?? "").toLowerCase();
      const list = isAddressed(mailbox)
        ? undefined
        : lists.find(({ name }) => name.toLowerCase() === wanted);
      return list === undefined ? [mailbox] : membersOf(list.id);
    }),
  );
  return replaced.flat();
}

function isAddressed({ email }: Mailbox): boolean {
  return email?.includes("@") === true;
}

async function mailingLists(): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const books = await api.addressBooks.list();
  const lists = await Promise.all(
    books.map(({ id }) => api.addressBooks.mailingLists.list(id).catch(() => [])),
  );
  return lists.flat();
}

async function membersOf(id: string): Promise<Mailbox[]> {
  const members = await api.addressBooks.mailingLists.listMembers(id);
  return members.flatMap(({ vCard }) => {
    const email = vCardAddress(vCard);
    return email === null ? [] : [{ email }];
  });
}
