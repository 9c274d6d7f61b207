import { vCardPerson } from "../core/vcard.ts";
import type { Card } from "../core/overview.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import { api } from "./api.ts";

interface ContactNode {
  readonly id: string;
  readonly parentId?: string;
  readonly vCard?: string;
}

/** All contacts of all address books that are kept on this computer. */
export async function allCards(): Promise<Card[]> {
  const books = await api.addressBooks.list();
  const cards: Card[] = [];
  for (const { id } of books) {
    // A directory on a server has no list to give.
    const contacts = await api.addressBooks.contacts.list(id).catch(() => []);
    cards.push(...contacts.flatMap((contact) => cardOf(contact)));
  }
  return cards;
}

/** Calls back for every change. Register at the top level: each of these wakes the background. */
export function watchAddressBooks(listener: {
  readonly changed: (cards: readonly Card[]) => void;
  readonly removed: (id: string) => void;
  readonly bookRemoved: (book: string) => void;
  /** So much that everything should be read again. */
  readonly manyAdded: () => void;
}): void {
  const { contacts, onDeleted } = api.addressBooks;
  const changed = (contact: ContactNode) => {
    const cards = cardOf(contact);
    if (cards.length === 0) listener.removed(contact.id);
    else listener.changed(cards);
  };
  contacts.onCreated.addListener(changed);
  contacts.onUpdated.addListener(changed);
  contacts.onDeleted.addListener((_book, id) => {
    listener.removed(id);
  });
  onDeleted.addListener(listener.bookRemoved);
  contacts.onManyCreated?.addListener(listener.manyAdded);
}

/** Nobody to write to without an address. */
function cardOf({ id, parentId = "", vCard = "" }: ContactNode): Card[] {
  const { name, addresses } = vCardPerson(vCard);
  const canonical = new Set(addresses.filter(isAddress).map(canonicalAddress));
  return canonical.size === 0 ? [] : [{ id, book: parentId, name, addresses: [...canonical] }];
}

function isAddress(text: string): boolean {
  return /^[^@\s]+@[^@\s]+$/.test(text);
}
