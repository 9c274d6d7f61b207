import { SmimeError } from "../core/errors.ts";
import type { WaitingKeyStore } from "../core/ports.ts";
import type { Database } from "./open.ts";
import { storable } from "./stored-certificates.ts";
import { openPrivateKey, sealPrivateKey } from "./vault-format.ts";
import { isSame, type KeyVault } from "./vault.ts";

/** Keys that wait for their certificates, sealed as the others are, under a name of their own. */
export function waitingKeyStore(database: Database, vault: KeyVault): WaitingKeyStore {
  return {
    async list() {
      const records = await database.transact("waiting", "readonly", (store) => store.getAll());
      return records
        .map(({ id, name, address, kind, publicKey, request, createdAt }) => ({
          ...{ id, name, address, kind },
          ...{ publicKey, request, createdAt },
        }))
        .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    },

    async add({ privateKey, ...waiting }) {
      const record = await vault.record();
      const vaultKey = await vault.key();
      const sealed = await sealPrivateKey(vaultKey, sealedName(waiting.id), privateKey);
      await database.transactAll(["waiting", "vault"], "readwrite", async (transaction) => {
        // Nobody could open what belongs to a vault that was started anew meanwhile.
        const now = await transaction.objectStore("vault").get("vault");
        if (!isSame(record, now)) throw new SmimeError("vault-locked");
        await transaction.objectStore("waiting").put({
          ...waiting,
          publicKey: storable(waiting.publicKey),
          request: storable(waiting.request),
          privateKey: sealed,
        });
      });
    },

    async privateKey(id) {
      const record = await database.transact("waiting", "readonly", (store) => store.get(id));
      if (record === undefined) throw new SmimeError("not-found");
      return openPrivateKey(await vault.key(), sealedName(id), record.privateKey);
    },

    async remove(id) {
      await database.transact("waiting", "readwrite", async (store) => {
        if ((await store.getKey(id)) === undefined) throw new SmimeError("not-found");
        await store.delete(id);
      });
    },
  };
}

function sealedName(id: string): string {
  return `waiting ${id}`;
}
