import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { octets, text } from "../support/messages.ts";
import { fuzz } from "../fuzz/fuzzer.ts";
import { Coverage, loadInstrumented } from "../fuzz/instrumented.ts";
import {
  fuzzTarget,
  instrumentedReaders,
  regressionPath,
  regressionsOf,
  targets,
  type Instrumented,
} from "../fuzz/targets.ts";

/**
 * The readers of what strangers send, fuzzed under the guidance of their coverage. Each for so long
 * as `npm run fuzz -- --seconds N` says, or for a few seconds.
 */
const SECONDS = Number(process.env["FUZZ_SECONDS"] ?? 12);
const SEED = Number(process.env["PROPERTY_SEED"] ?? Date.now() % 2 ** 31);

describe("the fuzzer itself", () => {
  const folder = mkdtempSync(join(tmpdir(), "fuzzer-"));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("comes where no chance would bring it, by what it sees on the way", async () => {
    // Three octets in a row: one in 16 million inputs has them.
    const path = join(folder, "test", "fuzz", "planted.ts");
    mkdirSync(join(folder, "test", "fuzz"), { recursive: true });
    writeFileSync(
      path,
      `export function read(bytes: Uint8Array): void {
        if (bytes[0] !== 0x51) return;
        if (bytes[1] !== 0xa7) return;
        if (bytes[2] !== 0x3c) return;
        throw new Error("planted");
      }`,
    );
    const coverage = new Coverage();
    const { module } = await loadInstrumented(path, coverage);
    const { read } = module as { read: (bytes: Uint8Array) => void };
    const { finding } = await fuzz({
      run: (bytes) => Promise.resolve(bytes).then(read),
      coverage,
      seeds: [octets("nothing of it here")],
      structure: "text",
      literals: [],
      seed: 1,
      milliseconds: 120_000,
      runs: 2_000_000,
    });
    assert.match(String(finding?.error), /planted/);
    assert.equal(text(finding?.bytes ?? new Uint8Array()).slice(0, 3), "\x51\xa7\x3c");
  });
});

describe("coverage-guided fuzzing", () => {
  let readers: Instrumented;

  before(async () => {
    readers = await instrumentedReaders();
    assert.ok(readers.places > 1_000, `${readers.places} places are counted`);
    assert.ok(readers.literals.length > 100, `${readers.literals.length} literals`);
  });

  for (const target of targets) {
    it(`${target}: what was found before`, async () => {
      const kept = regressionsOf(target);
      assert.ok(kept.length > 0);
      for (const { name, bytes } of kept) {
        const before = process.cpuUsage();
        await readers.read(target, bytes);
        const { user, system } = process.cpuUsage(before);
        assert.ok(user + system < 2_000_000, `${name} took ${(user + system) / 1000} ms`);
      }
    });

    it(`${target}: any bytes end in a value or in an error of ours, soon`, async () => {
      const milliseconds = SECONDS * 1000;
      const result = await fuzzTarget(target, readers, { milliseconds, seed: SEED });
      const { runs, edges, corpus, finding, slowest } = result;
      console.log(
        `${target}: ${runs} runs, ${edges} edges, ${corpus.length} inputs kept, ` +
          `the slowest took ${Math.round(slowest.milliseconds)} ms (seed ${SEED})`,
      );
      if (finding !== null) {
        const path = regressionPath(target, `found-${SEED}`);
        writeFileSync(path, finding.bytes);
        throw new Error(`found with seed ${SEED}, kept as ${path}`, { cause: finding.error });
      }
      assert.ok(runs > 500, `${runs} runs`);
      assert.ok(edges > 300, `${edges} edges`);
    });
  }
});
