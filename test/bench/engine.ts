import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measure, type Measured } from "./measure-engine.ts";
import { table } from "./statistics.ts";

/** `npm run bench`: how fast the engine is, and what it needs, beside `openssl cms` and the floor. */

const SIZES: Readonly<Record<string, { readonly octets: number; readonly rounds: number }>> = {
  "1KB": { octets: 1_000, rounds: 41 },
  "1MB": { octets: 1_000_000, rounds: 21 },
  "25MB": { octets: 25_000_000, rounds: 9 },
  "100MB": { octets: 100_000_000, rounds: 3 },
};

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    sizes: { type: "string", default: Object.keys(SIZES).join(",") },
    rounds: { type: "string" },
  },
});

const folder = mkdtempSync(join(tmpdir(), "smime-bench-"));
process.on("exit", () => {
  rmSync(folder, { recursive: true, force: true });
});

const results: Measured[] = [];
for (const name of values.sizes.split(",")) {
  const size = SIZES[name];
  if (size === undefined) throw new Error(`no size ${name}: ${Object.keys(SIZES).join(", ")}`);
  const rounds = values.rounds === undefined ? size.rounds : Number(values.rounds);
  results.push(...(await measure({ name, octets: size.octets, rounds, folder })));
}

const ms = (time: number) => (time < 10 ? time.toFixed(1) : time.toFixed(0));
console.log(
  table([
    ["size", "operation", "ms", "openssl ms", "floor ms", "x openssl", "x floor", "peak x message"],
    ...results.map((one) => [
      one.size,
      one.operation,
      ms(one.milliseconds.engine),
      ms(one.milliseconds.openssl),
      ms(one.milliseconds.floor),
      one.ratios.openssl.toFixed(2),
      one.ratios.floor.toFixed(2),
      one.octets < 1_000_000 ? "" : one.peakMemory.ratio.toFixed(1),
    ]),
  ]),
);
console.log(
  "\nMedians; ratios are medians of each round's ratio, and below 1 the engine is faster. Peak memory" +
    "\nincludes the message itself, above the process that has dealt with small ones.",
);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ node: process.version, results }, null, 2)}\n`);
}
