import assert from "node:assert/strict";
import { it } from "node:test";
import type { ScanRecord } from "../../src/core/ports.ts";
import { storageNow, testStorage } from "../support/storage.ts";

it("how far a search has come is kept over a restart, and forgotten on request", async () => {
  const record: ScanRecord = {
    status: "running",
    folders: [
      { id: "account1://Sent", name: "Sent", account: "A", sent: true, messages: 3 },
      { id: "account1://INBOX", name: "Inbox", account: "A", sent: false, messages: null },
    ],
    since: null,
    folder: 1,
    reached: { at: storageNow, messageId: "a@example.org" },
    counts: {
      ...{ seen: 5, signed: 2, encrypted: 1, locked: 0, failed: 0 },
      ...{ certificates: 1, contacts: 1 },
    },
    startedAt: storageNow,
    endedAt: null,
  };
  const storage = testStorage();
  assert.equal(await storage.scan.get(), null);
  await storage.scan.set(record);
  const { scan } = await storage.reopened();
  assert.deepEqual(await scan.get(), record);
  await scan.set(null);
  assert.equal(await scan.get(), null);
});
