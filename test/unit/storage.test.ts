import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { forceCloseDatabase } from "fake-indexeddb";
import { deleteDB, openDB } from "idb";
import { SmimeError } from "../../src/core/errors.ts";
import type { Signal } from "../../src/core/exchange/signals.ts";
import type { ContactCertificate } from "../../src/core/ports.ts";
import { openDatabase } from "../../src/storage/open.ts";
import { migrations } from "../../src/storage/schema.ts";
import { alice, bob, dana, edRoot, rsaRoot } from "../support/identities.ts";
import { storageNow, testStorage, withCode } from "../support/storage.ts";

const passphrase = "correct horse battery";
const day = 24 * 60 * 60 * 1000;
const daysAgo = (days: number) => new Date(storageNow.getTime() - days * day);

describe("own keys", () => {
  const entries = [alice, bob].map(({ encryption, chain, decryptionKey }, index) => ({
    certificate: encryption,
    chain,
    addedAt: daysAgo(index + 1),
    privateKey: decryptionKey,
  }));
  const [first, second] = entries;
  assert.ok(first && second);

  async function withVault() {
    const storage = testStorage();
    await storage.vault.create(passphrase);
    return storage;
  }

  it("come back as they were added, after the connection is opened anew", async () => {
    const storage = await withVault();
    await storage.keys.add(entries);
    const { keys } = await storage.reopened();
    const listed = await keys.list();
    assert.deepEqual(
      new Map(listed.map((key) => [key.certificate.fingerprint, key])),
      new Map(
        entries.map(({ certificate, chain, addedAt }) => [
          certificate.fingerprint,
          { certificate, chain, addedAt },
        ]),
      ),
    );
    for (const { certificate, privateKey } of entries) {
      assert.deepEqual(await keys.privateKey(certificate.fingerprint), privateKey);
    }
  });

  it("that are added again keep when they came and get the new chain", async () => {
    const { keys } = await withVault();
    await keys.add([first]);
    await keys.add([{ ...first, chain: [rsaRoot, edRoot], addedAt: storageNow }]);
    const [key, ...more] = await keys.list();
    assert.equal(more.length, 0);
    assert.deepEqual(key?.chain, [rsaRoot, edRoot]);
    assert.deepEqual(key.addedAt, first.addedAt);
    assert.deepEqual(await keys.privateKey(first.certificate.fingerprint), first.privateKey);
  });

  it("stay the user's choice when they are added again", async () => {
    const { keys } = await withVault();
    await keys.add(entries);
    await keys.prefer(second.certificate.fingerprint, storageNow);
    await keys.add(entries);
    const chosen = (await keys.list()).filter(({ preferredAt }) => preferredAt !== undefined);
    assert.deepEqual(
      chosen.map(({ certificate, preferredAt }) => [certificate.fingerprint, preferredAt]),
      [[second.certificate.fingerprint, storageNow]],
    );
    await assert.rejects(keys.prefer("unknown", storageNow), withCode("not-found"));
  });

  it("are all stored or none", async () => {
    const { keys } = await withVault();
    const unstorable = (() => undefined) as unknown as Date;
    await assert.rejects(keys.add([first, { ...second, addedAt: unstorable }]), (error) => {
      assert.ok(error instanceof SmimeError);
      assert.equal(error.code, "storage-failed");
      assert.equal((error.cause as Error).name, "DataCloneError");
      return true;
    });
    assert.deepEqual(await keys.list(), []);
    await keys.add(entries);
    assert.equal((await keys.list()).length, 2);
  });

  it("can be removed once", async () => {
    const { keys } = await withVault();
    await keys.add(entries);
    await keys.remove(first.certificate.fingerprint);
    assert.deepEqual(
      (await keys.list()).map(({ certificate }) => certificate.fingerprint),
      [second.certificate.fingerprint],
    );
    await assert.rejects(keys.remove(first.certificate.fingerprint), withCode("not-found"));
    await assert.rejects(keys.privateKey(first.certificate.fingerprint), withCode("not-found"));
  });

  it("with another certificate in their place are refused", async () => {
    const storage = await withVault();
    await storage.keys.add([first]);
    const reopened = await storage.reopened();
    await storage.raw(async (database) => {
      const record = await database.get("keys", first.certificate.fingerprint);
      assert.ok(record);
      await database.put("keys", { ...record, certificate: bob.encryption.der });
    });
    await assert.rejects(reopened.keys.list(), withCode("storage-failed"));
  });
});

describe("contacts' certificates", () => {
  const entry: ContactCertificate = {
    address: "bob@smime.example",
    certificate: bob.encryption,
    source: "signature",
    firstSeen: daysAgo(9),
    lastSeen: daysAgo(9),
    capabilities: { algorithms: ["2.16.840.1.101.3.4.1.42"] },
  };
  const gcm = { algorithms: ["2.16.840.1.101.3.4.1.46"] };

  it("come back as they were put, under their address only", async () => {
    const storage = testStorage();
    await storage.certificates.put(entry);
    const { certificates } = await storage.reopened();
    assert.deepEqual(await certificates.forAddress("bob@smime.example"), [entry]);
    assert.deepEqual(await certificates.forAddress("Bob@smime.example"), []);
    assert.deepEqual(await certificates.forAddress(""), []);
  });

  it("are kept under each of their addresses", async () => {
    const { certificates } = testStorage();
    await certificates.put(entry);
    await certificates.put({ ...entry, address: "bob@other.example" });
    assert.equal((await certificates.forAddress("bob@other.example")).length, 1);
    assert.equal((await certificates.all()).length, 2);
  });

  it("go forward with newer messages and never back", async () => {
    const { certificates } = testStorage();
    const only = async () => {
      const [known, ...more] = await certificates.forAddress(entry.address);
      assert.equal(more.length, 0);
      return known;
    };
    await certificates.put(entry);
    await certificates.put({ ...entry, lastSeen: daysAgo(3), capabilities: gcm });
    assert.deepEqual(await only(), { ...entry, lastSeen: daysAgo(3), capabilities: gcm });
    await certificates.put({ ...entry, firstSeen: daysAgo(20), lastSeen: daysAgo(5) });
    const older = { ...entry, firstSeen: daysAgo(20), lastSeen: daysAgo(3), capabilities: gcm };
    assert.deepEqual(await only(), older, "an older message does not take anything back");
    await certificates.put({ ...entry, lastSeen: daysAgo(1), capabilities: null });
    assert.deepEqual(
      await only(),
      { ...older, lastSeen: daysAgo(1) },
      "a message that announces nothing takes nothing back",
    );
    await certificates.put({ ...entry, source: "file", lastSeen: null, capabilities: null });
    assert.deepEqual(await only(), { ...older, lastSeen: daysAgo(1) });
  });

  it("come from a signature as soon as one has carried them", async () => {
    const { certificates } = testStorage();
    await certificates.put({ ...entry, source: "file", lastSeen: null, capabilities: null });
    await certificates.putAll([entry, { ...entry, address: "bob@other.example" }]);
    const [known] = await certificates.forAddress(entry.address);
    assert.equal(known?.source, "signature");
    assert.equal((await certificates.all()).length, 2);
  });

  it("can be removed, each address for itself", async () => {
    const { certificates } = testStorage();
    await certificates.putAll([entry, { ...entry, address: "bob@other.example" }]);
    const { fingerprint } = entry.certificate;
    await certificates.remove(entry.address, fingerprint);
    assert.deepEqual(
      (await certificates.all()).map(({ address }) => address),
      ["bob@other.example"],
    );
    await assert.rejects(certificates.remove(entry.address, fingerprint), withCode("not-found"));
  });

  it("take no time and no capabilities from the future", async () => {
    const { certificates } = testStorage();
    const future = { ...entry, lastSeen: daysAgo(-1), capabilities: gcm };
    await certificates.put({ ...future, firstSeen: daysAgo(-1) });
    const arrived = { ...entry, firstSeen: storageNow, lastSeen: null, capabilities: null };
    assert.deepEqual(await certificates.forAddress(entry.address), [arrived]);
    await certificates.put(entry);
    await certificates.put(future);
    assert.deepEqual(await certificates.forAddress(entry.address), [entry]);
  });

  it("stay confirmed", async () => {
    const { certificates } = testStorage();
    await certificates.put(entry);
    await certificates.put({ ...entry, confirmed: true });
    await certificates.put({ ...entry, lastSeen: daysAgo(1) });
    const [known] = await certificates.forAddress(entry.address);
    assert.equal(known?.confirmed, true);
    assert.deepEqual(known.lastSeen, daysAgo(1));
  });

  it("are told newest first, those from files last", async () => {
    const { certificates } = testStorage();
    const file = { ...entry, source: "file", lastSeen: null, capabilities: null } as const;
    await certificates.put({ ...file, certificate: alice.signing, firstSeen: daysAgo(1) });
    await certificates.put({ ...file, certificate: alice.encryption, firstSeen: daysAgo(0) });
    await certificates.put({ ...entry, certificate: bob.signing, lastSeen: daysAgo(8) });
    await certificates.put({ ...entry, certificate: dana.signing, lastSeen: daysAgo(2) });
    const found = await certificates.forAddress(entry.address);
    assert.deepEqual(
      found.map(({ certificate }) => certificate.fingerprint),
      [dana.signing, bob.signing, alice.encryption, alice.signing].map(
        ({ fingerprint }) => fingerprint,
      ),
    );
  });

  it("that cannot be read leave the others in place", async () => {
    const storage = testStorage();
    await storage.certificates.put(entry);
    await storage.certificates.put({ ...entry, certificate: bob.signing });
    const { certificates } = await storage.reopened();
    await storage.raw(async (database) => {
      const record = await database.get("contactCertificates", [
        entry.address,
        bob.signing.fingerprint,
      ]);
      assert.ok(record);
      await database.put("contactCertificates", { ...record, certificate: new Uint8Array([48]) });
    });
    assert.deepEqual(await certificates.forAddress(entry.address), [entry]);
  });

  it("keep the issuers that came while nobody vouched for them, apart from those in use", async () => {
    const storage = testStorage();
    await storage.certificates.put({ ...entry, lastSeen: null, issuers: bob.chain });
    await storage.certificates.put({ ...entry, lastSeen: null });
    const { certificates } = await storage.reopened();
    const [found] = await certificates.forAddress(entry.address);
    assert.deepEqual(found?.issuers, bob.chain);
    assert.deepEqual(await certificates.intermediates(), []);
    const [again] = await certificates.forAddress(entry.address);
    assert.equal(again?.issuers?.[0], found.issuers[0], "parsed once");
  });

  it("leave out an issuer among them that cannot be read", async () => {
    const storage = testStorage();
    await storage.certificates.put({ ...entry, lastSeen: null, issuers: bob.chain });
    const { certificates } = await storage.reopened();
    await storage.raw(async (database) => {
      const key: [string, string] = [entry.address, entry.certificate.fingerprint];
      const record = await database.get("contactCertificates", key);
      assert.ok(record?.issuers);
      const issuers = [new Uint8Array([48]), ...record.issuers];
      await database.put("contactCertificates", { ...record, issuers });
    });
    const [found] = await certificates.forAddress(entry.address);
    assert.deepEqual(found?.issuers, bob.chain);
  });

  it("come with the authorities that complete their paths, each once", async () => {
    const storage = testStorage();
    await storage.certificates.putIntermediates([...bob.chain, ...dana.chain]);
    await storage.certificates.putIntermediates(bob.chain);
    const { certificates } = await storage.reopened();
    const found = await certificates.intermediates();
    assert.deepEqual(
      new Set(found.map(({ fingerprint }) => fingerprint)),
      new Set([...bob.chain, ...dana.chain].map(({ fingerprint }) => fingerprint)),
    );
    assert.equal(found.length, 2);
  });
});

describe("what anybody can send", () => {
  const later = (minutes: number) => new Date(daysAgo(9).getTime() + minutes * 60_000);
  const named = (name: string) => ({ ...bob.encryption, fingerprint: name });

  it("is kept for sixteen untrusted certificates of an address, and never instead of others", async () => {
    const storage = testStorage();
    const put = (name: string, firstSeen: Date, more: object) =>
      storage.certificates.put({
        address: bob.address,
        certificate: named(name),
        source: "signature",
        firstSeen,
        lastSeen: null,
        capabilities: null,
        ...more,
      });
    await put("trusted", daysAgo(99), { lastSeen: daysAgo(99) });
    await put("file", daysAgo(99), { source: "file" });
    await put("confirmed", daysAgo(99), { confirmed: true });
    await put("of another", daysAgo(99), { address: alice.address });
    for (let count = 0; count < 40; count++) await put(`flood ${count}`, later(count), {});
    const kept = await storage.raw((database) => database.getAllKeys("contactCertificates"));
    const names = kept.map(([, fingerprint]) => fingerprint);
    const newest = Array.from({ length: 16 }, (_, index) => `flood ${index + 24}`);
    assert.deepEqual(
      names.sort(),
      ["trusted", "file", "confirmed", "of another", ...newest].sort(),
    );
  });

  it("is kept for a thousand authorities, those that came last", async () => {
    const storage = testStorage();
    // An earlier version has stored it without a time.
    await storage.settings.get();
    await storage.raw((database) =>
      database.put("intermediates", { fingerprint: "old", certificate: new Uint8Array(1) }),
    );
    const flood = Array.from({ length: 1000 }, (_, index) => named(`flood ${index}`));
    await storage.certificates.putIntermediates(flood);
    const kept = await storage.raw((database) => database.getAllKeys("intermediates"));
    assert.equal(kept.length, 1000);
    assert.ok(!kept.includes("old"));
  });
});

describe("the user's trust anchors", () => {
  it("can be added, again too, and removed once", async () => {
    const storage = testStorage();
    await storage.trust.add(rsaRoot);
    await storage.trust.add(rsaRoot);
    await storage.trust.add(edRoot);
    const { trust } = await storage.reopened();
    await trust.remove(edRoot.fingerprint);
    assert.deepEqual(await trust.list(), [
      { certificate: rsaRoot, source: "user", kind: "authority" },
    ]);
    await assert.rejects(trust.remove(edRoot.fingerprint), withCode("not-found"));
  });

  it("can be single certificates, until they become authorities", async () => {
    const storage = testStorage();
    const certificate = bob.signing;
    await storage.trust.add(certificate, "certificate");
    const { trust } = await storage.reopened();
    assert.deepEqual(await trust.list(), [{ certificate, source: "user", kind: "certificate" }]);
    await trust.add(certificate);
    assert.deepEqual(await trust.list(), [{ certificate, source: "user", kind: "authority" }]);
  });

  it("say where they came from, if that is known", async () => {
    const storage = testStorage();
    const origin = { from: "file", name: "ca.pem", at: storageNow } as const;
    await storage.trust.add(rsaRoot, "authority", origin);
    const { trust } = await storage.reopened();
    assert.deepEqual(await trust.list(), [
      { certificate: rsaRoot, source: "user", kind: "authority", origin },
    ]);
  });
});

describe("Thunderbird's own anchors", () => {
  it("can be distrusted and trusted again", async () => {
    const storage = testStorage();
    assert.deepEqual(await storage.trust.distrusted(), new Set());
    await storage.trust.setDistrusted("aa", true);
    await storage.trust.setDistrusted("bb", true);
    await storage.trust.setDistrusted("bb", true);
    const { trust } = await storage.reopened();
    await trust.setDistrusted("aa", false);
    assert.deepEqual(await trust.distrusted(), new Set(["bb"]));
  });
});

describe("answers about revocation", () => {
  const now = new Date("2026-06-01");
  const later = (days: number) => new Date(now.getTime() + days * 86_400_000);

  it("are kept until they are over", async () => {
    const storage = testStorage();
    await storage.revocation.put("a", Uint8Array.of(1), later(1));
    const { revocation } = await storage.reopened();
    assert.deepEqual(await revocation.get("a", now), Uint8Array.of(1));
    assert.equal(await revocation.get("a", later(2)), null);
    assert.equal(await revocation.get("b", now), null);
    await revocation.put("a", Uint8Array.of(2), later(3));
    assert.deepEqual(await revocation.get("a", later(2)), Uint8Array.of(2));
  });

  it("make way for others, those that are over soonest first", async () => {
    const { revocation } = testStorage();
    for (let day = 1; day <= 105; day++)
      await revocation.put(String(day), Uint8Array.of(day), later(day));
    for (const [day, kept] of [
      ["1", false],
      ["5", false],
      ["6", true],
      ["105", true],
    ] as const)
      assert.equal((await revocation.get(day, now)) !== null, kept, day);
  });
});

describe("signals", () => {
  const fact = {
    identity: "alice@example.org",
    contact: "bob@example.org",
    messageId: "1@example.org",
    at: daysAgo(3),
  };
  const sent: Signal = { ...fact, kind: "sent-signed", certificate: "aa", encrypted: false };
  const received: Signal = { ...fact, kind: "received-signed", certificate: "bb" };

  it("are facts: recording one again changes nothing", async () => {
    const storage = testStorage();
    await storage.signals.record([sent, received, received]);
    await storage.signals.record([{ ...sent, at: storageNow, certificate: "cc" }]);
    const { signals } = await storage.reopened();
    assert.deepEqual(new Set(await signals.all()), new Set([sent, received]));
  });

  it("belong to one identity and one contact", async () => {
    const { signals } = testStorage();
    const toCarol: Signal = { ...sent, contact: "carol@example.org" };
    const fromWork: Signal = { ...sent, identity: "work@example.org" };
    await signals.record([sent, received, toCarol, fromWork]);
    assert.deepEqual(
      new Set(await signals.forContact("alice@example.org", "bob@example.org")),
      new Set([sent, received]),
    );
    assert.deepEqual(await signals.forContact("work@example.org", "bob@example.org"), [fromWork]);
    assert.equal((await signals.all()).length, 4);
  });

  it("are all recorded or none", async () => {
    const { signals } = testStorage();
    const broken = { ...received, contact: undefined } as unknown as Signal;
    await assert.rejects(signals.record([sent, broken]), withCode("storage-failed"));
    assert.deepEqual(await signals.all(), []);
  });
});

describe("settings", () => {
  const others = {
    protectionOf: {},
    opaqueSignatures: "never",
    opaqueFor: [],
    eightBit: false,
  } as const;

  it("are the defaults until changed, each for itself", async () => {
    const storage = testStorage();
    assert.deepEqual(await storage.settings.get(), {
      lockAfterMinutes: 60,
      defaultProtection: "encrypt-when-ready",
      openEncrypted: "on-click",
      encryptDrafts: true,
      localCopies: false,
      revocation: "off",
      ...others,
    });
    await storage.settings.set({ lockAfterMinutes: 0 });
    await storage.settings.set({ defaultProtection: "sign", openEncrypted: "automatically" });
    await storage.settings.set({ revocation: "strict" });
    await storage.settings.set({ protectionOf: { "alice@example.org": "none" } });
    await storage.settings.set({ opaqueFor: ["bob@example.org"] });
    const { settings } = await storage.reopened();
    assert.deepEqual(await settings.get(), {
      lockAfterMinutes: 0,
      defaultProtection: "sign",
      openEncrypted: "automatically",
      encryptDrafts: true,
      localCopies: false,
      revocation: "strict",
      ...others,
      protectionOf: { "alice@example.org": "none" },
      opaqueFor: ["bob@example.org"],
    });
  });

  it("refuse what is none of their values, and change nothing", async () => {
    const { settings } = testStorage();
    const before = await settings.get();
    for (const wrong of [
      { lockAfterMinutes: -1 },
      { lockAfterMinutes: 0.5 },
      { lockAfterMinutes: "5" },
      { lockAfterMinutes: 1e9 },
      { defaultProtection: "everything" },
      { openEncrypted: true },
      { revocation: "always" },
      { protectionOf: { "alice@example.org": "all" } },
      { opaqueSignatures: true },
      { opaqueFor: [1] },
      { eightBit: "yes" },
      { toString: "sign" },
      { lockAfterMinutes: 5, defaultProtection: null },
    ] as object[]) {
      await assert.rejects(settings.set(wrong), withCode("bad-request"), JSON.stringify(wrong));
    }
    assert.deepEqual(await settings.get(), before);
  });

  it("of another version give way to the defaults", async () => {
    const storage = testStorage();
    await storage.settings.set({ lockAfterMinutes: 5 });
    await storage.raw((database) =>
      database.put(
        "settings",
        { lockAfterMinutes: 5, defaultProtection: "later", more: 1 } as object,
        "settings",
      ),
    );
    assert.deepEqual(await storage.settings.get(), {
      lockAfterMinutes: 5,
      defaultProtection: "encrypt-when-ready",
      openEncrypted: "on-click",
      encryptDrafts: true,
      localCopies: false,
      revocation: "off",
      ...others,
    });
  });
});

describe("the database", () => {
  /** One more migration than is published. */
  const next = [
    ...migrations,
    (database: Parameters<(typeof migrations)[number]>[0]) => {
      (database as unknown as IDBDatabase).createObjectStore("later");
    },
  ];
  let names = 0;
  const newName = () => `database-${names++}`;
  const settingsOf = (database: ReturnType<typeof openDatabase>) =>
    database.transact("settings", "readonly", (store) => store.getAll());

  it("is made from nothing with every store and index", async () => {
    const storage = testStorage();
    await storage.settings.get();
    await storage.raw((database) => {
      assert.equal(database.version, migrations.length);
      const layout = [...database.objectStoreNames].map((name) => {
        const store = database.transaction(name).store;
        return [name, store.keyPath, [...store.indexNames]];
      });
      assert.deepEqual(layout, [
        ["anchors", "fingerprint", []],
        ["cards", "id", ["address", "book"]],
        ["contactCertificates", ["address", "fingerprint"], ["address"]],
        ["distrusted", null, []],
        ["intermediates", "fingerprint", []],
        ["keys", "fingerprint", []],
        ["revocation", "key", ["until"]],
        ["rows", ["identity", "contact"], ["contact", "order", "until", "untrusted"]],
        ["rowsBasis", null, []],
        ["scan", null, []],
        ["settings", null, []],
        ["signals", ["kind", "identity", "contact", "messageId"], ["pair"]],
        ["stale", "contact", []],
        ["vault", null, []],
        ["waiting", "id", []],
      ]);
      return Promise.resolve();
    });
  });

  it("of the first version keeps what is in it", async () => {
    const name = newName();
    const first = openDatabase(name, { steps: migrations.slice(0, 1) });
    await first.transact("settings", "readwrite", (store) =>
      store.put({ lockAfterMinutes: 7 }, "settings"),
    );
    await first.close();
    const now = openDatabase(name);
    assert.deepEqual(await settingsOf(now), [{ lockAfterMinutes: 7 }]);
    assert.deepEqual(await now.transact("revocation", "readonly", (store) => store.getAll()), []);
    await now.close();
  });

  it("is not touched before it is needed", async () => {
    const { name } = testStorage();
    assert.ok(!(await indexedDB.databases()).some((database) => database.name === name));
  });

  it("makes way for a newer version, which keeps what is there", async () => {
    const name = newName();
    const current = openDatabase(name);
    await current.transact("settings", "readwrite", (store) =>
      store.put({ lockAfterMinutes: 7 }, "settings"),
    );
    const newer = openDatabase(name, { steps: next });
    assert.deepEqual(await settingsOf(newer), [{ lockAfterMinutes: 7 }]);
    await assert.rejects(settingsOf(current), (error) => {
      assert.ok(withCode("storage-failed")(error));
      assert.equal(((error as Error).cause as Error).name, "VersionError");
      return true;
    });
  });

  it("waits for an older version to let go", async () => {
    const name = newName();
    const holding = await openDB(name, migrations.length, {
      upgrade(database) {
        for (const migrate of migrations) migrate(database as never, undefined as never);
      },
    });
    const waiting = settingsOf(openDatabase(name, { steps: next }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    holding.close();
    assert.deepEqual(await waiting, []);
  });

  it("gives up on an older version that does not let go, and can be tried again", async () => {
    const name = newName();
    const holding = await openDB(name, migrations.length, {
      upgrade(database) {
        for (const migrate of migrations) migrate(database as never, undefined as never);
      },
    });
    const database = openDatabase(name, { steps: next, patience: 50 });
    await assert.rejects(settingsOf(database), withCode("storage-failed"));
    holding.close();
    assert.deepEqual(await settingsOf(database), []);
  });

  it("is as it was when a migration fails", async () => {
    const name = newName();
    await settingsOf(openDatabase(name));
    const failing = openDatabase(name, {
      steps: [
        ...next,
        () => {
          throw new Error("cannot migrate");
        },
      ],
    });
    await assert.rejects(settingsOf(failing), withCode("storage-failed"));
    const database = await openDB(name);
    assert.equal(database.version, migrations.length);
    assert.ok(!database.objectStoreNames.contains("later"));
    database.close();
  });

  it("is opened anew after somebody removed it", async () => {
    const storage = testStorage();
    await storage.settings.set({ lockAfterMinutes: 9 });
    await deleteDB(storage.name);
    assert.equal((await storage.settings.get()).lockAfterMinutes, 60);
  });

  it("is opened anew after the connection was closed", async () => {
    const storage = testStorage();
    await storage.settings.set({ lockAfterMinutes: 9 });
    await storage.close();
    await storage.close();
    assert.equal((await storage.settings.get()).lockAfterMinutes, 9);
  });

  it("is opened anew after the browser ended the connection", async (t) => {
    const open = indexedDB.open.bind(indexedDB);
    const requests: IDBOpenDBRequest[] = [];
    t.mock.method(indexedDB, "open", (...args: Parameters<typeof open>) => {
      const request = open(...args);
      requests.push(request);
      return request;
    });
    const database = openDatabase(newName());
    await settingsOf(database);
    const [request] = requests;
    assert.ok(request);
    forceCloseDatabase(request.result as never);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await settingsOf(database), []);
    assert.equal(requests.length, 2);
  });

  it("serves two connections", async () => {
    const one = testStorage();
    const other = testStorage(one.name);
    await one.settings.set({ lockAfterMinutes: 9 });
    await other.settings.set({ defaultProtection: "none" });
    assert.deepEqual(await one.settings.get(), await other.settings.get());
  });

  it("hands on its own errors and keeps nothing of what came before them", async () => {
    const database = openDatabase(newName());
    await assert.rejects(
      database.transact("settings", "readwrite", async (store) => {
        await store.put({ lockAfterMinutes: 1 }, "settings");
        throw new SmimeError("not-found");
      }),
      withCode("not-found"),
    );
    assert.deepEqual(await settingsOf(database), []);
  });
});
