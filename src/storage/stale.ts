import type { IDBPIndex, IDBPObjectStore, StoreNames } from "idb";
import { EVERYBODY, type Schema } from "./schema.ts";

type Store<Name extends StoreNames<Schema>> = IDBPObjectStore<
  Schema,
  StoreNames<Schema>[],
  Name,
  "readwrite"
>;

/** Whoever changes facts says here, inside the same transaction, whose rows no longer hold. */
export interface StaleMarks {
  mark(store: Pick<Store<"stale">, "put">, contacts: Iterable<string>): Promise<void>;
  everybody(store: Pick<Store<"stale">, "put">): Promise<void>;
  /** Those whose certificates lack a trusted path: what a new authority can change. */
  untrusted(
    store: Pick<Store<"stale">, "put">,
    index: Pick<IDBPIndex<Schema, StoreNames<Schema>[], "rows", "untrusted">, "getAll">,
  ): Promise<void>;
  /** After the transaction. */
  written(): void;
  listen(listener: () => void): void;
}

export function staleMarks(): StaleMarks {
  const listeners: (() => void)[] = [];

  // An async function for each: a request that throws at once must not leave those before it alone.
  const mark: StaleMarks["mark"] = async (store, contacts) => {
    await Promise.all(
      [...contacts].map(async (contact) => store.put({ contact, mark: crypto.randomUUID() })),
    );
  };

  return {
    mark,
    everybody: (store) => mark(store, [EVERYBODY]),
    async untrusted(store, index) {
      await mark(store, new Set((await index.getAll()).map(({ contact }) => contact)));
    },
    written() {
      for (const listener of listeners) listener();
    },
    listen(listener) {
      listeners.push(listener);
    },
  };
}
