import { SmimeError } from "../core/errors.ts";
import type { TrustStore } from "../core/ports.ts";
import type { Database } from "./open.ts";
import type { StaleMarks } from "./stale.ts";
import { storable, type CertificateReader } from "./stored-certificates.ts";

/** The trust anchors that the user added. */
export function trustStore(
  database: Database,
  reader: CertificateReader,
  marks: StaleMarks,
): TrustStore {
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
      await database.transactAll(["anchors", "rows", "stale"], "readwrite", async (transaction) => {
        const anchors = transaction.objectStore("anchors");
        const stale = transaction.objectStore("stale");
        const isNew = (await anchors.getKey(fingerprint)) === undefined;
        const alone = kind === "certificate" ? { alone: true as const } : {};
        const from = origin === null ? {} : { origin };
        await anchors.put({ fingerprint, certificate: storable(der), ...alone, ...from });
        // A new one vouches for those whom nobody vouched for; one that is replaced may vouch for less.
        if (isNew) await marks.untrusted(stale, transaction.objectStore("rows").index("untrusted"));
        else await marks.everybody(stale);
      });
      marks.written();
    },

    async remove(fingerprint) {
      await database.transactAll(["anchors", "stale"], "readwrite", async (transaction) => {
        const store = transaction.objectStore("anchors");
        if ((await store.getKey(fingerprint)) === undefined) throw new SmimeError("not-found");
        await store.delete(fingerprint);
        await marks.everybody(transaction.objectStore("stale"));
      });
      marks.written();
    },

    async distrusted() {
      return new Set(
        await database.transact("distrusted", "readonly", (store) => store.getAllKeys()),
      );
    },

    async setDistrusted(fingerprint, distrusted) {
      await database.transactAll(["distrusted", "stale"], "readwrite", async (transaction) => {
        const store = transaction.objectStore("distrusted");
        await (distrusted ? store.put(fingerprint, fingerprint) : store.delete(fingerprint));
        await marks.everybody(transaction.objectStore("stale"));
      });
      marks.written();
    },
  };
}
