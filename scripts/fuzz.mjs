/**
 * `npm run fuzz -- [--runs N] [--seconds N] [--seed N] [FILE…]`: tries the properties of
 * test/property, or of these files only, N times each; each target that is fuzzed under the guidance
 * of its coverage for so many seconds. A failure says its seed, which brings the same values again.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { giveUp, prepareNodeModules, root, run } from "./prepare.mjs";

const FOLDER = "test/property";

const { values, positionals } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seconds: { type: "string", default: "600" },
    seed: { type: "string" },
  },
  allowPositionals: true,
});
for (const number of [values.runs, values.seconds, values.seed ?? "0"]) {
  if (!/^-?\d+$/.test(number)) giveUp(`no number: ${number}`);
}
const files = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith(".test.ts"));

prepareNodeModules();
const env = {
  ...process.env,
  PROPERTY_RUNS: values.runs,
  FUZZ_SECONDS: values.seconds,
  ...(values.seed === undefined ? {} : { PROPERTY_SEED: values.seed }),
};
const tested = positionals.length > 0 ? positionals : files.map((name) => join(FOLDER, name));
process.exit(run(process.execPath, ["--import", "tsx", "--test", ...tested], { env }));
