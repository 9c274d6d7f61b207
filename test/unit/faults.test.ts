import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SmimeError } from "../../src/core/errors.ts";
import type { OwnKey, ScanRecord } from "../../src/core/ports.ts";
import { withFault, type Fault } from "../support/faults.ts";
import { alice, bob, carlos, rsaRoot } from "../support/identities.ts";
import { testStorage, type TestStorage } from "../support/storage.ts";

/**
 * Everything that writes, cut off at each of its steps: afterwards the database is as it was before
 * or as it was to be, the user is told, and the same once more succeeds.
 */

const passphrase = "correct horse battery";
const next = "staple of paper clips";
const day = new Date("2026-11-01T08:00:00Z");

type KeyEntry = OwnKey & { readonly privateKey: Uint8Array };

const entryOf = ({ encryption, chain, decryptionKey }: typeof alice): KeyEntry => ({
  certificate: encryption,
  chain,
  addedAt: day,
  privateKey: decryptionKey,
});

const contact = {
  address: bob.address,
  certificate: bob.encryption,
  source: "signature",
  firstSeen: day,
  lastSeen: day,
  capabilities: null,
} as const;

const signal = {
  kind: "received-signed",
  identity: alice.address,
  contact: bob.address,
  messageId: "one@smime.example",
  at: day,
  certificate: bob.encryption.fingerprint,
} as const;

const scan: ScanRecord = {
  status: "running",
  folders: [{ id: "f", name: "Inbox", account: "Alice", sent: false, messages: 9 }],
  since: null,
  folder: 0,
  reached: { at: day, messageId: "one@smime.example" },
  counts: {
    ...{ seen: 1, signed: 1, encrypted: 0, locked: 0, failed: 0 },
    ...{ certificates: 1, contacts: 1 },
  },
  startedAt: day,
  endedAt: null,
};

interface Operation {
  /** Before there was a vault with Alice's key, unlocked, unless this says otherwise. */
  readonly from?: "nothing";
  readonly run: (storage: TestStorage) => Promise<unknown>;
  /** Throws if it has not been done, all of it. */
  readonly done: (storage: TestStorage) => Promise<void>;
}

async function holdsKeys(storage: TestStorage, ...people: (typeof alice)[]): Promise<void> {
  const listed = (await storage.keys.list()).map(({ certificate }) => certificate.fingerprint);
  const wanted = people.map(({ encryption }) => encryption.fingerprint);
  assert.deepEqual(listed.sort(), wanted.sort());
  for (const { encryption, decryptionKey } of people) {
    assert.deepEqual(await storage.keys.privateKey(encryption.fingerprint), decryptionKey);
  }
}

const operations: Readonly<Record<string, Operation>> = {
  "choosing a passphrase": {
    from: "nothing",
    run: (storage) => storage.vault.create(passphrase),
    done: (storage) => storage.vault.unlock(passphrase),
  },
  "importing two keys": {
    run: (storage) => storage.keys.add([entryOf(bob), entryOf(carlos)]),
    done: (storage) => holdsKeys(storage, alice, bob, carlos),
  },
  "removing a key": {
    run: (storage) => storage.keys.remove(alice.encryption.fingerprint),
    done: (storage) => holdsKeys(storage),
  },
  "changing the passphrase": {
    run: (storage) => storage.vault.changePassphrase(passphrase, next),
    async done(storage) {
      await storage.vault.unlock(next);
      await holdsKeys(storage, alice);
    },
  },
  "starting anew": {
    run: (storage) => storage.vault.startAnew([alice.encryption.fingerprint]),
    async done(storage) {
      assert.equal(await storage.vault.state(), "absent");
      assert.deepEqual(await storage.keys.list(), []);
    },
  },
  "keeping a contact's certificate": {
    run: (storage) => storage.certificates.put(contact),
    async done(storage) {
      assert.equal((await storage.certificates.forAddress(bob.address)).length, 1);
    },
  },
  "keeping many": {
    run: (storage) =>
      storage.certificates.putAll([
        contact,
        { ...contact, address: carlos.address, certificate: carlos.encryption },
      ]),
    async done(storage) {
      assert.equal((await storage.certificates.all()).length, 2);
    },
  },
  "keeping what completes paths": {
    run: (storage) => storage.certificates.putIntermediates([...bob.chain, ...carlos.chain]),
    async done(storage) {
      assert.equal((await storage.certificates.intermediates()).length, 2);
    },
  },
  "recording signals": {
    run: (storage) =>
      storage.signals.record([signal, { ...signal, messageId: "two@smime.example" }]),
    async done(storage) {
      assert.equal((await storage.signals.all()).length, 2);
    },
  },
  "trusting an issuer": {
    run: (storage) => storage.trust.add(rsaRoot),
    async done(storage) {
      assert.equal((await storage.trust.list()).length, 1);
    },
  },
  "changing a setting": {
    run: (storage) => storage.settings.set({ lockAfterMinutes: 15, encryptDrafts: false }),
    async done(storage) {
      const { lockAfterMinutes, encryptDrafts } = await storage.settings.get();
      assert.deepEqual([lockAfterMinutes, encryptDrafts], [15, false]);
    },
  },
  "keeping an answer about revocation": {
    run: (storage) => storage.revocation.put("key", new Uint8Array(5), new Date(8e12)),
    async done(storage) {
      assert.equal((await storage.revocation.get("key", day))?.length, 5);
    },
  },
  "noting how far a search has come": {
    run: (storage) => storage.scan.set(scan),
    async done(storage) {
      assert.deepEqual(await storage.scan.get(), scan);
    },
  },
};

const told: Readonly<Record<Exclude<Fault, "killed">, string>> = {
  full: "storage-full",
  refused: "storage-failed",
};

/** To derive a key from a passphrase takes long: it is done once. */
const original = testStorage();
await original.vault.create(passphrase);
await original.keys.add([entryOf(alice)]);
const vaultKey = await original.secrets.get();
assert.ok(vaultKey);
const [vault, keys] = await original.raw((database) =>
  Promise.all([database.getAll("vault"), database.getAll("keys")]),
);

async function prepared({ from }: Operation): Promise<TestStorage> {
  const storage = testStorage();
  await storage.settings.get();
  if (from === "nothing") return storage;
  await storage.raw(async (database) => {
    for (const record of vault) await database.put("vault", record, "vault");
    for (const record of keys) await database.put("keys", record);
  });
  await storage.secrets.set(vaultKey);
  return storage;
}

async function snapshot(storage: TestStorage): Promise<unknown> {
  return storage.raw(async (database) =>
    Promise.all(
      [...database.objectStoreNames].map(async (name) => [
        name,
        await database.getAllKeys(name),
        await database.getAll(name),
      ]),
    ),
  );
}

for (const fault of ["full", "refused", "killed"] as const) {
  describe(`with the database ${fault}`, () => {
    for (const [name, operation] of Object.entries(operations)) {
      it(`${name} is done or is not, at each step, and can be done again`, async () => {
        let cut = 0;
        let steps = Infinity;
        for (let step = 0; step < steps; step++) {
          const storage = await prepared(operation);
          const before = await snapshot(storage);
          const { error, steps: made } = await withFault({ fault, step }, () =>
            operation.run(storage),
          );
          if (error === null) {
            steps = made;
            await operation.done(storage);
            continue;
          }
          cut++;
          if (fault !== "killed") {
            assert.ok(error instanceof SmimeError);
            assert.equal(error.code, told[fault], `step ${step}`);
          }
          const again = await storage.reopened();
          assert.deepEqual(await snapshot(again), before, `step ${step} left something behind`);
          await operation.run(again);
          await operation.done(again);
        }
        assert.ok(cut >= 2, `cut off at ${cut} steps`);
      });
    }
  });
}
