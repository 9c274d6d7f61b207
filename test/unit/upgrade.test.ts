import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { openDB } from "idb";
import { testStorage, type TestStorage } from "../support/storage.ts";

/**
 * Databases as released versions of the add-on have left them, one file for each version, made by
 * that version's own code. They are never made anew.
 */
const folder = new URL("../vectors/database/", import.meta.url);

interface StoredDatabase {
  readonly version: number;
  readonly stores: Readonly<
    Record<
      string,
      {
        readonly keyPath: string | string[] | null;
        readonly indexes: readonly { readonly name: string; readonly keyPath: string | string[] }[];
        readonly keys: readonly IDBValidKey[];
        readonly values: readonly unknown[];
      }
    >
  >;
}

/** JSON has neither octets nor dates. */
function revived(_key: string, value: unknown): unknown {
  const { $bytes, $date } = (value ?? {}) as { $bytes?: string; $date?: string };
  if ($bytes !== undefined) return Uint8Array.from(Buffer.from($bytes, "base64"));
  return $date === undefined ? value : new Date($date);
}

let databases = 0;

async function leftBy(version: string): Promise<TestStorage> {
  const file = readFileSync(new URL(`${version}.json`, folder), "utf8");
  const stored = JSON.parse(file, revived) as StoredDatabase;
  const name = `upgrade-${version}-${databases++}`;
  const database = await openDB(name, stored.version, {
    upgrade(created) {
      for (const [store, { keyPath, indexes }] of Object.entries(stored.stores)) {
        const made = created.createObjectStore(store, keyPath === null ? {} : { keyPath });
        for (const index of indexes) made.createIndex(index.name, index.keyPath);
      }
    },
  });
  for (const [store, { keyPath, keys, values }] of Object.entries(stored.stores)) {
    for (const [index, value] of values.entries()) {
      await database.put(store, value, keyPath === null ? keys[index] : undefined);
    }
  }
  database.close();
  return testStorage(name);
}

describe("a database that an earlier version has left", () => {
  const versions = readdirSync(folder).map((file) => file.replace(/\.json$/, ""));

  it("is there of each version that was released", () => {
    assert.deepEqual(versions, ["0.1.0"]);
  });

  for (const version of versions) {
    it(`opens with all that it holds: ${version}`, async () => {
      const storage = await leftBy(version);
      assert.equal(await storage.vault.state(), "locked");
      const keys = await storage.keys.list();
      assert.equal(keys.length, 2);
      await storage.vault.unlock("correct horse battery");
      for (const { certificate } of keys) {
        assert.deepEqual(certificate.addresses, ["alice@smime.example"]);
        const privateKey = await storage.keys.privateKey(certificate.fingerprint);
        await crypto.subtle.importKey(
          "pkcs8",
          Uint8Array.from(privateKey),
          { name: "RSA-OAEP", hash: "SHA-256" },
          false,
          ["decrypt"],
        );
      }
      const [bob, ...others] = await storage.certificates.forAddress("bob@smime.example");
      assert.deepEqual(others, []);
      assert.deepEqual(bob?.lastSeen, new Date("2026-11-04T10:00:00Z"));
      assert.equal((await storage.trust.list()).length, 1);
      assert.equal((await storage.certificates.intermediates()).length, 1);
      const signals = await storage.signals.forContact("alice@smime.example", "bob@smime.example");
      assert.deepEqual(signals.map(({ kind }) => kind).sort(), ["received-reply", "sent-signed"]);
      assert.equal((await storage.settings.get()).lockAfterMinutes, 15);
    });

    it(`gets the layout of a new one: ${version}`, async () => {
      const layoutOf = async (storage: TestStorage) => {
        await storage.settings.get();
        return storage.raw((database) =>
          Promise.resolve(
            [...database.objectStoreNames].map((name) => {
              const { store } = database.transaction(name);
              const indexes = [...store.indexNames] as never[];
              const described = indexes.map((index) => {
                const { keyPath, unique, multiEntry } = store.index(index);
                return { index, keyPath, unique, multiEntry };
              });
              return {
                name,
                keyPath: store.keyPath,
                autoIncrement: store.autoIncrement,
                described,
              };
            }),
          ),
        );
      };
      assert.deepEqual(await layoutOf(await leftBy(version)), await layoutOf(testStorage()));
    });

    it(`takes a new passphrase and new facts: ${version}`, async () => {
      const storage = await leftBy(version);
      await storage.vault.changePassphrase("correct horse battery", "staple of paper clips");
      const reopened = await storage.reopened();
      await reopened.vault.unlock("staple of paper clips");
      const [key] = await reopened.keys.list();
      assert.ok(key !== undefined);
      assert.ok((await reopened.keys.privateKey(key.certificate.fingerprint)).length > 0);
      await reopened.settings.set({ encryptDrafts: false });
      assert.equal((await reopened.settings.get()).lockAfterMinutes, 15);
    });
  }
});
