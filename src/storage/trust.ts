import { SmimeError } from "../core/errors.ts";
import type { TrustStore } from "../core/ports.ts";
import type { Database } from "./open.ts";
import { storable, type CertificateReader } from "./stored-certificates.ts";

/** The trust anchors that the user added. */
export function trustStore(database: Database, reader: CertificateReader): TrustStore {
  return {
    async list() {
      const stored = await database.transact("anchors", "readonly", (store) => store.getAll());
      return reader.readAll(stored, ({ alone, origin }, certificate) => ({
        certificate,
        source: "user",
        kind: alone === true ? "certificate" : "authority",
        ...(origin === undefined ? {} : { origin }),
      }));
    },

    async add({ fingerprint, der }, kind = "authority", origin = null) {
      await database.transact("anchors", "readwrite", async (store) => {
        const alone = kind === "certificate" ? { alone: true as const } : {};
        const from = origin === null ? {} : { origin };
        await store.put({ fingerprint, certificate: storable(der), ...alone, ...from });
      });
    },

    async remove(fingerprint) {
      await database.transact("anchors", "readwrite", async (store) => {
        if ((await store.getKey(fingerprint)) === undefined) throw new SmimeError("not-found");
        await store.delete(fingerprint);
      });
    },

    async distrusted() {
      return new Set(
        await database.transact("distrusted", "readonly", (store) => store.getAllKeys()),
      );
    },

    async setDistrusted(fingerprint, distrusted) {
      await database.transact("distrusted", "readwrite", async (store) => {
        await (distrusted ? store.put(fingerprint, fingerprint) : store.delete(fingerprint));
      });
    },
  };
}
