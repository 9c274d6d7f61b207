import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OwnKey } from "../../src/core/ports.ts";
import { alice, bob } from "../support/identities.ts";
import {
  dumped,
  testStorage,
  variableSecrets,
  withCode,
  type TestStorage,
} from "../support/storage.ts";

const passphrase = "correct horse battery";

type KeyEntry = OwnKey & { readonly privateKey: Uint8Array };

const aliceEntry: KeyEntry = {
  certificate: alice.encryption,
  chain: alice.chain,
  addedAt: new Date("2026-11-01T08:00:00Z"),
  privateKey: alice.decryptionKey,
};
const bobEntry: KeyEntry = {
  certificate: bob.encryption,
  chain: bob.chain,
  addedAt: new Date("2026-11-02T08:00:00Z"),
  privateKey: bob.decryptionKey,
};

async function unlockedStorage(...entries: readonly KeyEntry[]): Promise<TestStorage> {
  const storage = testStorage();
  await storage.vault.create(passphrase);
  await storage.keys.add(entries);
  return storage;
}

describe("the vault's life", () => {
  it("goes from absent to unlocked, locked and unlocked", async () => {
    const { vault } = testStorage();
    assert.equal(await vault.state(), "absent");
    await vault.create(passphrase);
    assert.equal(await vault.state(), "unlocked");
    await vault.lock();
    assert.equal(await vault.state(), "locked");
    await vault.unlock(passphrase);
    assert.equal(await vault.state(), "unlocked");
  });

  it("stays unlocked while the session lasts and is locked in a new one", async () => {
    const storage = await unlockedStorage(aliceEntry);
    const woken = await storage.reopened();
    assert.equal(await woken.vault.state(), "unlocked");
    assert.deepEqual(
      await woken.keys.privateKey(alice.encryption.fingerprint),
      alice.decryptionKey,
    );
    await woken.close();
    const restarted = testStorage(storage.name, variableSecrets());
    assert.equal(await restarted.vault.state(), "locked");
  });

  it("is absent without its record, whatever the session remembers", async () => {
    const storage = await unlockedStorage();
    await storage.raw((database) => database.clear("vault"));
    assert.equal(await storage.vault.state(), "absent");
    await assert.rejects(storage.keys.add([aliceEntry]), withCode("vault-absent"));
  });

  it("begins once", async () => {
    const storage = await unlockedStorage(aliceEntry);
    await assert.rejects(storage.vault.create("another passphrase"), withCode("vault-exists"));
    await storage.vault.lock();
    await storage.vault.unlock(passphrase);
    await storage.keys.privateKey(alice.encryption.fingerprint);
  });

  it("begins once even when asked twice at the same time", async () => {
    const storage = testStorage();
    const results = await Promise.allSettled([
      storage.vault.create("first passphrase"),
      storage.vault.create("second passphrase"),
    ]);
    const failed = results.filter((result) => result.status === "rejected");
    assert.equal(failed.length, 1);
    assert.ok(withCode("vault-exists")(failed[0]?.reason));
    await storage.keys.add([aliceEntry]);
    await storage.vault.lock();
    const winner = results[0].status === "fulfilled" ? "first passphrase" : "second passphrase";
    await storage.vault.unlock(winner);
    await storage.keys.privateKey(alice.encryption.fingerprint);
  });

  it("outlives its last key", async () => {
    const storage = await unlockedStorage(aliceEntry);
    await storage.keys.remove(alice.encryption.fingerprint);
    assert.deepEqual(await storage.keys.list(), []);
    assert.equal(await storage.vault.state(), "unlocked");
  });

  it("cannot be opened before it exists", async () => {
    const { vault } = testStorage();
    await assert.rejects(vault.unlock(passphrase), withCode("vault-absent"));
    await assert.rejects(vault.changePassphrase(passphrase, passphrase), withCode("vault-absent"));
  });
});

describe("the passphrase", () => {
  it("has to be the right one", async () => {
    const { vault } = await unlockedStorage();
    await vault.lock();
    for (const wrong of ["", "correct horse", `${passphrase} `, passphrase.toUpperCase()]) {
      await assert.rejects(vault.unlock(wrong), withCode("vault-wrong-passphrase"), wrong);
      assert.equal(await vault.state(), "locked");
    }
  });

  it("has at least eight characters, however many units encode them", async () => {
    for (const weak of ["", "1234567", "🔑🔑🔑🔑🔑🔑🔑", "e\u0301tudes!"]) {
      const { vault } = testStorage();
      await assert.rejects(vault.create(weak), withCode("vault-weak-passphrase"), weak);
      assert.equal(await vault.state(), "absent");
    }
    await testStorage().vault.create("🔑🔑🔑🔑🔑🔑🔑🔑");
  });

  it("may be composed otherwise by another keyboard", async () => {
    const { vault } = testStorage();
    await vault.create("gr\u00fc\u00dfe aus M\u00fcnchen");
    await vault.lock();
    await vault.unlock("gru\u0308\u00dfe aus Mu\u0308nchen");
    assert.equal(await vault.state(), "unlocked");
  });

  it("can be changed, and the keys stay", async () => {
    const storage = await unlockedStorage(aliceEntry);
    const before = await storage.raw((database) => database.getAll("keys"));
    await storage.vault.changePassphrase(passphrase, "quite another one");
    assert.equal(await storage.vault.state(), "unlocked");
    assert.deepEqual(await storage.raw((database) => database.getAll("keys")), before);
    await storage.vault.lock();
    await assert.rejects(storage.vault.unlock(passphrase), withCode("vault-wrong-passphrase"));
    await storage.vault.unlock("quite another one");
    assert.deepEqual(
      await storage.keys.privateKey(alice.encryption.fingerprint),
      alice.decryptionKey,
    );
  });

  it("gets a new salt and nonce with each change, even to itself", async () => {
    const storage = await unlockedStorage();
    const record = () => storage.raw((database) => database.get("vault", "vault"));
    const before = await record();
    await storage.vault.changePassphrase(passphrase, passphrase);
    const after = await record();
    assert.ok(before && after);
    assert.notDeepEqual(after.salt, before.salt);
    assert.notDeepEqual(after.nonce, before.nonce);
    assert.notDeepEqual(after.wrappedKey, before.wrappedKey);
  });

  it("stays when the change fails", async () => {
    const { vault } = await unlockedStorage();
    await vault.lock();
    await assert.rejects(
      vault.changePassphrase("a wrong one", "quite another one"),
      withCode("vault-wrong-passphrase"),
    );
    await assert.rejects(
      vault.changePassphrase(passphrase, "short"),
      withCode("vault-weak-passphrase"),
    );
    assert.equal(await vault.state(), "locked");
    await vault.unlock(passphrase);
  });

  it("changes once when changed twice at the same time", async () => {
    const { vault } = await unlockedStorage();
    const wishes = ["first new passphrase", "second new passphrase"];
    const results = await Promise.allSettled(
      wishes.map((next) => vault.changePassphrase(passphrase, next)),
    );
    const [failed, ...more] = results.filter((result) => result.status === "rejected");
    assert.equal(more.length, 0);
    assert.ok(withCode("vault-wrong-passphrase")(failed?.reason));
    const winner = wishes[results.findIndex(({ status }) => status === "fulfilled")];
    assert.ok(winner);
    await vault.unlock(winner);
  });
});

describe("private keys at rest", () => {
  it("are nowhere in the database, in no encoding, nor what opens them", async () => {
    // A view on a buffer that also holds the key: storing the buffer would store the key.
    const file = new Uint8Array([...alice.encryption.der, ...alice.decryptionKey]);
    const der = file.subarray(0, alice.encryption.der.length);
    const storage = await unlockedStorage(
      {
        ...aliceEntry,
        certificate: { ...alice.encryption, der },
        chain: [{ ...alice.encryption, der }],
      },
      bobEntry,
    );
    const [vaultKey] = [await storage.secrets.get()];
    assert.ok(vaultKey);
    const database = await dumped(storage);
    assert.ok(database.includes(Buffer.from(bob.encryption.der)), "the search finds what is there");
    for (const secret of [alice.decryptionKey, bob.decryptionKey, vaultKey]) {
      // The whole and a piece from within: a key that was only re-encoded would show there.
      const middle = Math.floor(secret.length / 2);
      for (const part of [secret, secret.subarray(middle, middle + 24)]) {
        const bytes = Buffer.from(part);
        const encodings = [
          bytes,
          bytes.toString("hex"),
          bytes.toString("hex").toUpperCase(),
          bytes.toString("base64").replace(/=+$/, ""),
          bytes.toString("base64url"),
        ];
        for (const encoding of encodings) assert.equal(database.indexOf(encoding), -1);
      }
    }
    assert.equal(database.indexOf(passphrase), -1);
  });

  it("leave no vault key behind in buffers that were handed in or out", async () => {
    const storage = await unlockedStorage(aliceEntry);
    await storage.vault.lock();
    await storage.vault.unlock(passphrase);
    await storage.vault.state();
    await storage.keys.privateKey(alice.encryption.fingerprint);
    await storage.vault.changePassphrase(passphrase, passphrase);
    assert.ok(storage.secrets.seen.length >= 5);
    for (const buffer of storage.secrets.seen) assert.ok(buffer.every((octet) => octet === 0));
    assert.ok((await storage.secrets.get())?.some((octet) => octet !== 0));
  });

  it("are sealed with a new nonce each time", async () => {
    const storage = await unlockedStorage(aliceEntry, bobEntry);
    const nonces = async () =>
      (await storage.raw((database) => database.getAll("keys"))).map(({ privateKey }) =>
        Buffer.from(privateKey.nonce).toString("hex"),
      );
    const first = await nonces();
    await storage.keys.add([aliceEntry, bobEntry]);
    assert.equal(new Set([...first, ...(await nonces())]).size, 4);
  });

  it("stay closed while the vault is locked", async () => {
    const storage = await unlockedStorage(aliceEntry);
    await storage.vault.lock();
    await assert.rejects(
      storage.keys.privateKey(alice.encryption.fingerprint),
      withCode("vault-locked"),
    );
    await assert.rejects(storage.keys.add([bobEntry]), withCode("vault-locked"));
    assert.equal((await storage.keys.list()).length, 1);
    await storage.keys.remove(alice.encryption.fingerprint);
  });

  it("need a vault first", async () => {
    await assert.rejects(testStorage().keys.add([aliceEntry]), withCode("vault-absent"));
  });
});

describe("a damaged vault", () => {
  const fingerprint = alice.encryption.fingerprint;

  /** Changes one record of the key store behind the add-on's back. */
  async function damage(
    storage: TestStorage,
    change: (sealed: { format: number; nonce: Uint8Array; ciphertext: Uint8Array }) => object,
  ): Promise<void> {
    await storage.raw(async (database) => {
      const record = await database.get("keys", fingerprint);
      assert.ok(record);
      const privateKey = { ...record.privateKey, ...change(record.privateKey) };
      await database.put("keys", { ...record, privateKey });
    });
  }

  const flipped = (octets: Uint8Array, index: number) =>
    octets.map((octet, at) => (at === (index + octets.length) % octets.length ? octet ^ 1 : octet));

  const damages = {
    "first byte of the ciphertext": ({ ciphertext }) => ({ ciphertext: flipped(ciphertext, 0) }),
    tag: ({ ciphertext }) => ({ ciphertext: flipped(ciphertext, -1) }),
    nonce: ({ nonce }) => ({ nonce: flipped(nonce, 3) }),
    "end cut off": ({ ciphertext }) => ({ ciphertext: ciphertext.slice(0, -1) }),
    "empty ciphertext": () => ({ ciphertext: new Uint8Array() }),
    "no ciphertext": () => ({ ciphertext: undefined }),
    "another format": () => ({ format: 2 }),
  } satisfies Record<string, Parameters<typeof damage>[1]>;

  for (const [name, change] of Object.entries(damages)) {
    it(`is recognised: ${name}; importing the key again mends it`, async () => {
      const storage = await unlockedStorage(aliceEntry);
      await damage(storage, change);
      await assert.rejects(storage.keys.privateKey(fingerprint), withCode("vault-damaged"));
      await storage.keys.add([aliceEntry]);
      assert.deepEqual(await storage.keys.privateKey(fingerprint), alice.decryptionKey);
    });
  }

  it("is recognised when two entries were swapped", async () => {
    const storage = await unlockedStorage(aliceEntry, bobEntry);
    await storage.raw(async (database) => {
      const [one, other] = await database.getAll("keys");
      assert.ok(one && other);
      await database.put("keys", { ...one, privateKey: other.privateKey });
      await database.put("keys", { ...other, privateKey: one.privateKey });
    });
    for (const { certificate } of [aliceEntry, bobEntry]) {
      await assert.rejects(
        storage.keys.privateKey(certificate.fingerprint),
        withCode("vault-damaged"),
      );
    }
  });

  const records = {
    "too few iterations": { iterations: 599_999 },
    "absurdly many iterations": { iterations: 4_000_000_000 },
    "no number of iterations": { iterations: Number.NaN },
    "a short salt": { salt: new Uint8Array(8) },
    "a long nonce": { nonce: new Uint8Array(16) },
    "a short wrapped key": { wrappedKey: new Uint8Array(32) },
    "another format": { format: 0 },
  };

  for (const [name, change] of Object.entries(records)) {
    it(`is recognised: ${name}`, async () => {
      const storage = await unlockedStorage();
      await storage.raw(async (database) => {
        const record = await database.get("vault", "vault");
        assert.ok(record);
        await database.put("vault", { ...record, ...change }, "vault");
      });
      await storage.vault.lock();
      await assert.rejects(storage.vault.unlock(passphrase), withCode("vault-damaged"));
      assert.equal(await storage.vault.state(), "locked");
    });
  }

  it("looks like a wrong passphrase where only the wrapped key was altered", async () => {
    const storage = await unlockedStorage();
    await storage.raw(async (database) => {
      const record = await database.get("vault", "vault");
      assert.ok(record);
      const wrappedKey = flipped(record.wrappedKey, 5);
      await database.put("vault", { ...record, wrappedKey }, "vault");
    });
    await assert.rejects(storage.vault.unlock(passphrase), withCode("vault-wrong-passphrase"));
  });
});
