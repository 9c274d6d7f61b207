import type { CardStore } from "../core/overview.ts";
import { allCards, watchAddressBooks } from "../thunderbird/address-books.ts";
import { oncePerSession } from "../thunderbird/once-per-session.ts";
import type { Failures } from "./failures.ts";

/** Thunderbird's own start comes first. */
const AFTER_START_MS = 3000;

/**
 * Keeps the copy of the address books: all is read once in a session, since they may have changed
 * while the add-on was off, and from then on single changes are followed.
 */
export function followAddressBooks(cards: CardStore, failures: Failures): void {
  const run = (work: Promise<void>) => {
    work.catch((error: unknown) => {
      failures.report("reading the address books", error);
    });
  };
  let changes = 0;
  const readAll = async () => {
    for (;;) {
      const before = changes;
      const all = await allCards();
      // Else what has changed meanwhile would be taken back.
      if (changes !== before) continue;
      await cards.replaceAll(all);
      return;
    }
  };
  const change = (work: Promise<void>) => {
    changes++;
    run(work);
  };
  watchAddressBooks({
    changed(changed) {
      change(cards.put(changed));
    },
    removed(id) {
      change(cards.remove([id]));
    },
    bookRemoved(book) {
      change(cards.removeBook(book));
    },
    manyAdded() {
      run(readAll());
    },
  });
  setTimeout(() => {
    run(oncePerSession("address-books", readAll));
  }, AFTER_START_MS);
}
