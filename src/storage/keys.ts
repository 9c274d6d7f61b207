import { parseCertificate } from "../core/asn1/certificate.ts";
import { SmimeError } from "../core/errors.ts";
import type { KeyStore } from "../core/ports.ts";
import type { Database } from "./open.ts";
import { storable, type CertificateReader } from "./stored-certificates.ts";
import { openPrivateKey, sealPrivateKey } from "./vault-format.ts";
import type { KeyVault } from "./vault.ts";

/** The user's keys: certificates in clear, private keys sealed with the vault key. */
export function keyStore(database: Database, vault: KeyVault, reader: CertificateReader): KeyStore {
  return {
    async list() {
      const records = await database.transact("keys", "readonly", (store) => store.getAll());
      return Promise.all(
        records.map(async ({ fingerprint, certificate, chain, addedAt }) => ({
          certificate: await reader.read({ fingerprint, certificate }),
          chain: await Promise.all(chain.map(parseCertificate)),
          addedAt,
        })),
      );
    },

    async add(entries) {
      const vaultKey = await vault.key();
      // Sealed before the transaction begins: it would end while it waits for anything else.
      const records = await Promise.all(
        entries.map(async ({ certificate, chain, addedAt, privateKey }) => ({
          fingerprint: certificate.fingerprint,
          certificate: storable(certificate.der),
          chain: chain.map(({ der }) => storable(der)),
          addedAt,
          privateKey: await sealPrivateKey(vaultKey, certificate.fingerprint, privateKey),
        })),
      );
      await database.transact("keys", "readwrite", async (store) => {
        for (const record of records) {
          const existing = await store.get(record.fingerprint);
          await store.put(
            existing === undefined ? record : { ...record, addedAt: existing.addedAt },
          );
        }
      });
    },

    async remove(fingerprint) {
      await database.transact("keys", "readwrite", async (store) => {
        if ((await store.getKey(fingerprint)) === undefined) throw new SmimeError("not-found");
        await store.delete(fingerprint);
      });
    },

    async privateKey(fingerprint) {
      const record = await database.transact("keys", "readonly", (store) => store.get(fingerprint));
      if (record === undefined) throw new SmimeError("not-found");
      return openPrivateKey(await vault.key(), fingerprint, record.privateKey);
    },
  };
}
