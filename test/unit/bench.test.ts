import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { measure } from "../bench/measure-engine.ts";
import { mailOf } from "../bench/messages.ts";
import { operations } from "../bench/shipped.ts";
import { median, medianRatio } from "../bench/statistics.ts";

describe("the benchmark", () => {
  it("measures every operation beside openssl and the floor", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bench-test-"));
    try {
      const results = await measure({ name: "200KB", octets: 200_000, rounds: 1, folder });
      assert.deepEqual(
        results.map(({ operation }) => operation),
        operations,
      );
      for (const { milliseconds, ratios, peakMemory } of results) {
        for (const value of [...Object.values(milliseconds), ...Object.values(ratios)]) {
          assert.ok(value > 0 && Number.isFinite(value), String(value));
        }
        assert.ok(peakMemory.octets >= 0);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("makes mails of the size it says", () => {
    for (const octets of [1_000, 1_000_000]) {
      const { length } = mailOf(octets);
      assert.ok(Math.abs(length - octets) < 80, String(length));
    }
  });

  it("takes the ratio of what was measured together", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(medianRatio([10, 200, 30], [10, 100, 10]), 2);
  });
});
