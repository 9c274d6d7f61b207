import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readingTimes, type ReadingResult } from "./measure-reading.ts";
import { startUpTimes, type StartUpResult } from "./measure-start.ts";
import { table } from "./statistics.ts";

/**
 * `npm run bench:thunderbird`: from selecting a message to its text on the screen in a real
 * Thunderbird: plain, encrypted and read by Thunderbird itself, and read by the add-on; and how
 * long Thunderbird takes to start with the add-on and without.
 */

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    sizes: { type: "string", default: "10KB,25MB" },
    rounds: { type: "string", default: "4" },
    starts: { type: "string", default: "8" },
  },
});

const reading: ReadingResult[] = await readingTimes(values.sizes.split(","), {
  rounds: Number(values.rounds),
});
const ms = (time: number) => time.toFixed(0);
console.log(
  table([
    ["size", "pairs", "plain ms", "its own S/MIME ms", "add-on ms", "x its own", "later by ms"],
    ...reading.map((one) => [
      one.size,
      String(one.milliseconds.addon.length),
      ms(one.medians.plain),
      ms(one.medians.own),
      ms(one.medians.addon),
      one.ratio.toFixed(2),
      ms(one.difference),
    ]),
  ]),
);
const start: StartUpResult | null =
  Number(values.starts) > 0 ? await startUpTimes(Number(values.starts)) : null;
if (start !== null) {
  console.log(
    `\nstart to first paint: ${ms(start.medians.without)} ms without the add-on, ` +
      `${ms(start.medians.with)} ms with it; ratio ${start.ratio.toFixed(3)} (${start.pairs} pairs)`,
  );
}
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ reading, start }, null, 2)}\n`);
}
process.exit(0);
