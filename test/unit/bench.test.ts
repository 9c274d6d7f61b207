import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { measure, type Measured } from "../bench/measure-engine.ts";
import { mailOf } from "../bench/messages.ts";
import { operations } from "../bench/shipped.ts";
import { withSpeed } from "../bench/speed-table.ts";
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

  it("is stated in the README as it was measured, however often", async () => {
    const measured = (size: string, openssl: number): Measured => ({
      size,
      operation: "decrypt GCM",
      octets: 1,
      rounds: 1,
      milliseconds: { engine: 5.04, openssl: 1, floor: 1 },
      ratios: { openssl, floor: 1.2345 },
      peakMemory: { octets: 6, ratio: 6 },
    });
    const engine = { results: [measured("1KB", 9), measured("1MB", 0.5), measured("25MB", 0.75)] };
    const milliseconds = { plain: [], own: [], addon: [] };
    const medians = { plain: 30, own: 36, addon: 70 };
    const reading = [{ size: "10KB", milliseconds, medians, ratio: 1.944, difference: 34.4 }];
    const times = { with: [], without: [] };
    const start = { pairs: 8, milliseconds: times, medians: { with: 1, without: 1 }, ratio: 1.001 };
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const written = await withSpeed(readme, engine, { reading, start });
    const rows = written.replace(/ +/g, " ");
    assert.match(rows, /\| decrypt AES-256-GCM \| 5\.0 \| 0\.50 \| 0\.75 \| – \| 1\.23 \| 6\.0 \|/);
    assert.match(rows, /\| 10 KB \| 1\.94 \| 34 \| 1\.20 \|/);
    assert.match(rows, /takes 1\.001 times what it takes without \(8 pairs\)/);
    assert.equal(await withSpeed(written, engine, { reading, start }), written);
    await assert.rejects(withSpeed("no markers", engine, { reading, start }), /lacks the markers/);
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
