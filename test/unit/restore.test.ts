import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Services } from "../../src/background/services.ts";
import { longWork } from "../../src/background/work.ts";
import { writeContent } from "../../src/core/backup/content.ts";
import { sealBackup } from "../../src/core/backup/file.ts";
import { alice, bob, rsaRoot } from "../support/identities.ts";
import { storageNow, testStorage } from "../support/storage.ts";

const PASSWORD = "twelve grey cats";
const PEOPLE = 1_100;

describe("a restore that is ended", () => {
  let backupHandlers: (typeof import("../../src/background/everything.ts"))["backupHandlers"];
  let file: Uint8Array;

  before(async () => {
    Object.assign(globalThis, { browser: {} });
    ({ backupHandlers } = await import("../../src/background/everything.ts"));
    const people = Array.from({ length: PEOPLE }, (_, index) => `person${index}@smime.example`);
    const content = writeContent({
      keys: [
        {
          certificate: alice.encryption,
          chain: alice.chain,
          addedAt: storageNow,
          privateKey: alice.decryptionKey,
        },
      ],
      waiting: [],
      contacts: people.map((address) => ({
        address,
        certificate: bob.encryption,
        source: "signature",
        firstSeen: storageNow,
        lastSeen: storageNow,
        capabilities: null,
      })),
      intermediates: bob.chain,
      anchors: [{ certificate: rsaRoot, source: "user", kind: "authority" }],
      distrusted: ["00".repeat(32)],
      signals: people.map((contact, index) => ({
        kind: "received-unsigned",
        identity: "alice@smime.example",
        contact,
        messageId: `${index}@smime.example`,
        at: storageNow,
      })),
      settings: { lockAfterMinutes: 5 },
    });
    file = await sealBackup(content, PASSWORD);
  });

  /** Restores and ends it as soon as it says that so much is done. */
  async function endedAt(share: number) {
    const storage = testStorage();
    await storage.vault.create("correct horse battery");
    const work = longWork();
    const services = {
      storage,
      clock: { now: () => storageNow },
      display: { refreshAll: () => Promise.resolve() },
      unlocking: { used: () => Promise.resolve() },
      work,
    } as unknown as Services;
    const restoring = backupHandlers(services)["backup.restore"](
      { file, password: PASSWORD, work: "restore" },
      {},
    );
    const shares: number[] = [];
    const ended = restoring.then(() => true);
    const moment = () => new Promise<false>((resolve) => setImmediate(resolve, false));
    while (!(await Promise.race([ended, moment()]))) {
      const progress = work.progress("restore");
      if (progress === null) continue;
      shares.push(progress.share);
      if (progress.share >= share) work.cancel("restore");
    }
    const restored = await restoring;
    const { keys, certificates, signals, trust, settings } = storage;
    const kept = {
      keys: (await keys.list()).length,
      people: (await certificates.all()).length,
      intermediates: (await certificates.intermediates()).length,
      anchors: (await trust.list()).length,
      distrusted: (await trust.distrusted()).size,
      signals: (await signals.all()).length,
      settings: await settings.changed(),
    };
    return { restored, kept, shares };
  }

  it("leaves everything as it was", async () => {
    const { restored, kept } = await endedAt(0);
    assert.equal(restored, null);
    assert.deepEqual(kept, {
      ...{ keys: 0, people: 0, intermediates: 0, anchors: 0, distrusted: 0, signals: 0 },
      settings: {},
    });
  });

  it("goes to its end once it has begun to write, and still says how far it is", async () => {
    const { restored, kept, shares } = await endedAt(0.5);
    assert.deepEqual(restored, { keys: 1, people: PEOPLE, anchors: 1 });
    assert.deepEqual(kept, {
      ...{ keys: 1, people: PEOPLE, intermediates: bob.chain.length, anchors: 1, distrusted: 1 },
      ...{ signals: PEOPLE, settings: { lockAfterMinutes: 5 } },
    });
    assert.ok(new Set(shares.filter((share) => share >= 0.5)).size > 1, String(shares));
  });
});
