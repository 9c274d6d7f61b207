import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { slowedVault } from "../../src/storage/slowed-vault.ts";
import { testStorage, withCode } from "../support/storage.ts";

const passphrase = "correct horse battery";

async function lockedVault() {
  const storage = testStorage();
  await storage.vault.create(passphrase);
  await storage.vault.lock();
  const waits: number[] = [];
  const vault = slowedVault(storage.vault, (seconds) => {
    waits.push(seconds);
    return Promise.resolve();
  });
  return { vault, waits };
}

const WRONG = withCode("vault-wrong-passphrase");

describe("wrong passphrases", () => {
  it("wait longer and longer after the third, and never after a right one", async () => {
    const { vault, waits } = await lockedVault();
    for (let attempt = 0; attempt < 6; attempt++) {
      await assert.rejects(vault.unlock(`wrong ${attempt}`), WRONG);
    }
    assert.deepEqual(waits, [1, 2, 4]);
    await vault.unlock(passphrase);
    assert.deepEqual(waits, [1, 2, 4, 8]);
    await vault.unlock(passphrase);
    assert.equal(waits.length, 4);
  });

  it("count wherever they are tried, and get no turn before their time by trying many at once", async () => {
    const { vault, waits } = await lockedVault();
    const attempts = Array.from({ length: 5 }, (_, at) =>
      at % 2 === 0
        ? vault.unlock(`wrong ${at}`)
        : vault.changePassphrase(`wrong ${at}`, "another passphrase"),
    );
    const results = await Promise.allSettled(attempts);
    assert.ok(results.every(({ status }) => status === "rejected"));
    assert.deepEqual(waits, [1, 2]);
  });
});
