import type { Signal } from "../core/exchange/signals.ts";
import type { SignalStore } from "../core/ports.ts";
import type { Schema } from "./schema.ts";
import type { Database } from "./open.ts";
import type { StaleMarks } from "./stale.ts";

export function signalStore(database: Database, marks: StaleMarks): SignalStore {
  return {
    async record(signals) {
      const first = new Map<string, Signal>();
      for (const signal of signals) {
        const key = JSON.stringify(keyOf(signal));
        if (!first.has(key)) first.set(key, signal);
      }
      await database.transactAll(["signals", "stale"], "readwrite", async (transaction) => {
        const store = transaction.objectStore("signals");
        const contacts = new Set<string>();
        await Promise.all(
          [...first.values()].map(async (signal) => {
            const known = await store.getKey(keyOf(signal));
            if (known !== undefined) return;
            contacts.add(signal.contact);
            await store.put(signal);
          }),
        );
        await marks.mark(transaction.objectStore("stale"), contacts);
      });
      marks.written();
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
