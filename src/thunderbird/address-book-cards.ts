import { api } from "./api.ts";

interface AddressBooks {
  list(): Promise<readonly { readonly id: string }[]>;
  readonly contacts: {
    list(addressBookId: string): Promise<readonly { readonly vCard?: string }[]>;
  };
}

/** The vCards of all contacts in all address books; those on a server that does not answer are left out. */
export async function addressBookCards(): Promise<string[]> {
  const books = api.addressBooks as unknown as AddressBooks;
  const cards = await Promise.all(
    (await books.list()).map(({ id }) => books.contacts.list(id).catch(() => [])),
  );
  return cards.flat().flatMap(({ vCard }) => (vCard === undefined ? [] : [vCard]));
}
