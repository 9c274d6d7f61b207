import { SmimeError } from "../core/errors.ts";
import type { KeyStore } from "../core/ports.ts";
import type { Database } from "./open.ts";
import type { StaleMarks } from "./stale.ts";
import { storable, type CertificateReader } from "./stored-certificates.ts";
import { openPrivateKey, sealPrivateKey } from "./vault-format.ts";
import { isSame, type KeyVault } from "./vault.ts";

/** The user's keys: certificates in clear, private keys sealed with the vault key. */
export function keyStore(
  database: Database,
  vault: KeyVault,
  reader: CertificateReader,
  marks: StaleMarks,
): KeyStore {
  return {
    async list() {
      const records = await database.transact("keys", "readonly", (store) => store.getAll());
      return Promise.all(
        records.map(async ({ fingerprint, certificate, chain, addedAt, preferredAt }) => ({
          certificate: await reader.read({ fingerprint, certificate }),
          chain: await Promise.all(chain.map((der) => reader.readUnnamed(der))),
          addedAt,
          ...(preferredAt === undefined ? {} : { preferredAt }),
        })),
      );
    },

    async add(entries) {
      const record = await vault.record();
      const vaultKey = await vault.key();
      // Sealed before the transaction begins: it would end while it waits for anything else.
      const sealed = await Promise.all(
        entries.map(async ({ certificate, chain, addedAt, privateKey }) => ({
          fingerprint: certificate.fingerprint,
          certificate: storable(certificate.der),
          chain: chain.map(({ der }) => storable(der)),
          addedAt,
          privateKey: await sealPrivateKey(vaultKey, certificate.fingerprint, privateKey),
        })),
      );
      await database.transactAll(["keys", "vault", "stale"], "readwrite", async (transaction) => {
        // Nobody could open what belongs to a vault that was started anew meanwhile.
        const now = await transaction.objectStore("vault").get("vault");
        if (!isSame(record, now)) throw new SmimeError("vault-locked");
        const store = transaction.objectStore("keys");
        for (const key of sealed) {
          const existing = await store.get(key.fingerprint);
          await store.put(
            existing === undefined
              ? key
              : { ...existing, chain: key.chain, privateKey: key.privateKey },
          );
        }
        await marks.everybody(transaction.objectStore("stale"));
      });
      marks.written();
    },

    async prefer(fingerprint, at) {
      await database.transactAll(["keys", "stale"], "readwrite", async (transaction) => {
        const store = transaction.objectStore("keys");
        const record = await store.get(fingerprint);
        if (record === undefined) throw new SmimeError("not-found");
        await store.put({ ...record, preferredAt: at });
        await marks.everybody(transaction.objectStore("stale"));
      });
      marks.written();
    },

    async remove(fingerprint) {
      await database.transactAll(["keys", "stale"], "readwrite", async (transaction) => {
        const store = transaction.objectStore("keys");
        if ((await store.getKey(fingerprint)) === undefined) throw new SmimeError("not-found");
        await store.delete(fingerprint);
        await marks.everybody(transaction.objectStore("stale"));
      });
      marks.written();
    },

    async privateKey(fingerprint) {
      const record = await database.transact("keys", "readonly", (store) => store.get(fingerprint));
      if (record === undefined) throw new SmimeError("not-found");
      return openPrivateKey(await vault.key(), fingerprint, record.privateKey);
    },
  };
}
