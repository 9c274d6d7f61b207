import type { RevocationCache } from "../core/ports.ts";
import type { Database } from "./open.ts";
import { storable } from "./stored-certificates.ts";

/** Lists of large authorities have megabytes: no more than these are kept. */
const MAX_ANSWERS = 100;

/** What was fetched about revocation. Losing it costs a request, so that what is over goes first. */
export function revocationCache(database: Database): RevocationCache {
  return {
    async get(key, at) {
      const stored = await database.transact("revocation", "readonly", (store) => store.get(key));
      return stored === undefined || stored.until < at ? null : stored.content;
    },

    async put(key, content, until) {
      await database.transact("revocation", "readwrite", async (store) => {
        await store.put({ key, content: storable(content), until });
        const surplus = (await store.count()) - MAX_ANSWERS;
        if (surplus <= 0) return;
        const soonest = await store.index("until").getAllKeys(undefined, surplus);
        for (const old of soonest) await store.delete(old);
      });
    },
  };
}
