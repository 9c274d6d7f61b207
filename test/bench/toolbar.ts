import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { stopEverything } from "../support/resources.ts";
import { toolbarTimes } from "./measure-toolbar.ts";
import { median, table } from "./statistics.ts";

/**
 * `npm run bench:toolbar`: how long the toolbar popup takes to its first contact, and the filter to
 * its answer, in a real Thunderbird with few and with many contacts.
 */
const { values } = parseArgs({
  options: {
    json: { type: "string" },
    sizes: { type: "string", default: "10,1000,10000" },
    rounds: { type: "string", default: "10" },
  },
});

const results = await toolbarTimes(values.sizes.split(",").map(Number), Number(values.rounds));
const ms = (times: readonly number[]) => median(times).toFixed(1);
console.log(
  table([
    [
      "contacts",
      "rounds",
      "first row ms",
      "asleep before ms",
      "since click ms",
      "filter ms",
      "worst",
    ],
    ...results.map(({ contacts, opening, openingAsleep, sinceClick, filtering }) => [
      String(contacts),
      values.rounds,
      ms(opening),
      ms(openingAsleep),
      ms(sinceClick),
      ms(filtering),
      Math.max(...filtering).toFixed(1),
    ]),
  ]),
);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
}
await stopEverything();
process.exit(0);
