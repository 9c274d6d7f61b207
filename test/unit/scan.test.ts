import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scanMemory } from "../../src/background/scan-memory.ts";
import {
  addCounts,
  isAhead,
  newScan,
  nextFolder,
  NOTHING_COUNTED,
  scanOrder,
} from "../../src/core/exchange/scan.ts";
import type { ContactCertificate } from "../../src/core/ports.ts";
import { bob, rsaRoot } from "../support/identities.ts";
import { storageNow, testStorage } from "../support/storage.ts";

const folder = (id: string, sent: boolean) => ({
  ...{ id, name: id, account: "A", sent, messages: null },
});
const at = (day: number, messageId = "a") => ({ at: new Date(day * 86_400_000), messageId });

describe("a search", () => {
  it("begins with what was sent and ends after the last folder", () => {
    const scan = newScan([folder("in", false), folder("out", true)], null, storageNow);
    assert.deepEqual(
      scan.folders.map(({ id }) => id),
      ["out", "in"],
    );
    const second = nextFolder({ ...scan, reached: at(1) }, storageNow);
    assert.deepEqual([second.folder, second.reached, second.status], [1, null, "running"]);
    const end = nextFolder(second, storageNow);
    assert.deepEqual([end.status, end.endedAt], ["done", storageNow]);
  });

  it("goes through messages in an order that a restart does not change", () => {
    const messages = [at(2, "b"), at(1, "z"), at(2, "a"), at(3, "a")];
    const sorted = [...messages].sort(scanOrder);
    assert.deepEqual(sorted, [at(1, "z"), at(2, "a"), at(2, "b"), at(3, "a")]);
    assert.deepEqual([...messages].reverse().sort(scanOrder), sorted);
    assert.deepEqual(
      sorted.filter((message) => isAhead(message, at(2, "a"))),
      [at(2, "b"), at(3, "a")],
    );
    assert.equal(sorted.filter((message) => isAhead(message, null)).length, 4);
  });

  it("adds up what it counts", () => {
    const one = addCounts(NOTHING_COUNTED, { seen: 1, signed: 1 });
    assert.deepEqual(addCounts(one, { seen: 2 }), { ...NOTHING_COUNTED, seen: 3, signed: 1 });
  });
});

describe("what a search has learned", () => {
  const entry: ContactCertificate = {
    ...{ address: bob.address, certificate: bob.encryption, source: "signature" },
    ...{ firstSeen: storageNow, lastSeen: storageNow, capabilities: null },
  };

  it("is known at once, counted once, and stored with the next write", async () => {
    const storage = testStorage();
    const memory = scanMemory(storage);
    await memory.certificates.put(entry);
    await memory.certificates.put(entry);
    await memory.certificates.putIntermediates([rsaRoot, rsaRoot]);
    const signal = {
      ...({ kind: "received-signed", identity: "a@b.example", contact: bob.address } as const),
      ...{ messageId: "1", at: storageNow, certificate: "aa" },
    };
    await memory.signals.record([signal]);
    assert.equal((await memory.certificates.forAddress(bob.address)).length, 1);
    assert.deepEqual(await memory.signals.forContact("a@b.example", bob.address), [signal]);
    assert.deepEqual(await storage.certificates.all(), []);
    assert.deepEqual(await memory.flush(), { certificates: 1, contacts: 1 });
    assert.deepEqual(await storage.certificates.all(), [entry]);
    assert.deepEqual(await storage.certificates.intermediates(), [rsaRoot]);
    assert.deepEqual(await storage.signals.all(), [signal]);
    assert.deepEqual(await memory.flush(), { certificates: 0, contacts: 0 });
    const again = scanMemory(storage);
    await again.certificates.put(entry);
    assert.deepEqual(await again.flush(), { certificates: 0, contacts: 0 });
  });

  it("is stored as if it had come one by one", async () => {
    const day = 86_400_000;
    const seen = (days: number, capabilities: ContactCertificate["capabilities"] = null) => ({
      ...entry,
      ...{ firstSeen: new Date(storageNow.getTime() - days * day), capabilities },
      lastSeen: new Date(storageNow.getTime() - days * day),
    });
    const entries = [seen(9), seen(5, { algorithms: ["1.2.3"] }), seen(7), seen(-3), seen(2)];
    const [together, apart] = [testStorage(), testStorage()];
    await together.certificates.putAll(entries);
    for (const one of entries) await apart.certificates.put(one);
    assert.deepEqual(await together.certificates.all(), await apart.certificates.all());
  });
});
