import type { ScanStore } from "../core/ports.ts";
import type { Database } from "./open.ts";

/** How far the search of the user's mail has come, so that it goes on after a restart. */
export function scanStore(database: Database): ScanStore {
  return {
    async get() {
      return (await database.transact("scan", "readonly", (store) => store.get("scan"))) ?? null;
    },

    async set(record) {
      await database.transact("scan", "readwrite", async (store) => {
        await (record === null ? store.delete("scan") : store.put(record, "scan"));
      });
    },
  };
}
