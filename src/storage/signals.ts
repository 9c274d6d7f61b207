import type { Signal } from "../core/exchange/signals.ts";
import type { SignalStore } from "../core/ports.ts";
import type { Schema } from "./schema.ts";
import type { Database } from "./open.ts";

export function signalStore(database: Database): SignalStore {
  return {
    async record(signals) {
      const first = new Map<string, Signal>();
      for (const signal of signals) {
        const key = JSON.stringify(keyOf(signal));
        if (!first.has(key)) first.set(key, signal);
      }
      await database.transact("signals", "readwrite", async (store) => {
        await Promise.all(
          [...first.values()].map(async (signal) => {
            const known = await store.getKey(keyOf(signal));
            if (known === undefined) await store.put(signal);
          }),
        );
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

function keyOf({ kind, identity, contact, messageId }: Signal): Schema["signals"]["key"] {
  return [kind, identity, contact, messageId];
}
