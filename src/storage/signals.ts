import type { SignalStore } from "../core/ports.ts";
import type { Database } from "./open.ts";

export function signalStore(database: Database): SignalStore {
  return {
    async record(signals) {
      await database.transact("signals", "readwrite", async (store) => {
        for (const signal of signals) {
          const { kind, identity, contact, messageId } = signal;
          const known = await store.getKey([kind, identity, contact, messageId]);
          if (known === undefined) await store.put(signal);
        }
      });
    },

    async forContact(identity, contact) {
      return database.transact("signals", "readonly", (store) =>
        store.index("pair").getAll([identity, contact]),
      );
    },

    async all() {
      return database.transact("signals", "readonly", (store) => store.getAll());
    },
  };
}
