import type { Card, CardStore } from "../core/overview.ts";
import type { Database } from "./open.ts";
import type { StaleMarks } from "./stale.ts";

export function cardStore(database: Database, marks: StaleMarks): CardStore {
  async function change(
    next: readonly Card[],
    isGone: (known: Card) => boolean,
    /** Ids of what is looked at; null for all. */
    ids: readonly string[] | null,
  ): Promise<void> {
    await database.transactAll(["cards", "stale"], "readwrite", async (transaction) => {
      const cards = transaction.objectStore("cards");
      const found =
        ids === null
          ? await cards.getAll()
          : await Promise.all(ids.map(async (id) => cards.get(id)));
      const known = new Map(found.flatMap((card) => (card === undefined ? [] : [[card.id, card]])));
      const touched = new Set<string>();
      const touch = ({ addresses }: Card) => {
        for (const address of addresses) touched.add(address);
      };
      for (const card of known.values()) {
        if (!isGone(card)) continue;
        touch(card);
        await cards.delete(card.id);
      }
      for (const card of next) {
        const before = known.get(card.id);
        if (before !== undefined && isSame(before, card)) continue;
        if (before !== undefined) touch(before);
        touch(card);
        await cards.put(card);
      }
      await marks.mark(transaction.objectStore("stale"), touched);
    });
    marks.written();
  }

  return {
    put: (cards) =>
      change(
        cards,
        () => false,
        cards.map(({ id }) => id),
      ),
    remove: (ids) => change([], () => true, ids),
    removeBook: (book) => change([], (card) => card.book === book, null),
    async replaceAll(cards) {
      const staying = new Set(cards.map(({ id }) => id));
      await change(cards, ({ id }) => !staying.has(id), null);
    },
    forAddress: (address) =>
      database.transact("cards", "readonly", (store) => store.index("address").getAll(address)),
  };
}

function isSame(one: Card, other: Card): boolean {
  return (
    one.name === other.name &&
    one.book === other.book &&
    one.addresses.join("\n") === other.addresses.join("\n")
  );
}
