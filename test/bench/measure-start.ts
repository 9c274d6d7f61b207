import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { BUILD } from "../support/build.ts";
import { startMailServer } from "../support/mail-server.ts";
import { ADDON, alice, setUp } from "../support/people.ts";
import { stopEverything } from "../support/resources.ts";
import { startThunderbird } from "../support/thunderbird.ts";
import { call } from "./measure-reading.ts";
import { median, medianRatio } from "./statistics.ts";

export interface StartUpResult {
  readonly pairs: number;
  /** Milliseconds from the process's start to the first paint of the main window. */
  readonly milliseconds: { readonly with: readonly number[]; readonly without: readonly number[] };
  readonly medians: { readonly with: number; readonly without: number };
  /** With the add-on by without it, the median over the pairs. */
  readonly ratio: number;
}

/** Starts the same profile again and again, with the add-on switched on and off in turns. */
export async function startUpTimes(pairs: number): Promise<StartUpResult> {
  const mailServer = await startMailServer();
  const thunderbird = await startThunderbird({
    profileName: "bench-start",
    mailServer,
    accounts: [alice],
  });
  try {
    // Not as temporary, which no restart survives.
    const addon = await thunderbird.installAddon(packed(), { temporary: false });
    await setUp(thunderbird, alice);
    const times = { with: [] as number[], without: [] as number[] };
    for (let pair = 0; pair <= pairs; pair++) {
      for (const on of pair % 2 === 0 ? [true, false] : [false, true]) {
        await call(thunderbird, "switchAddon", [addon, on]);
        await thunderbird.restart();
        const { firstPaint } = (await call(thunderbird, "startUpTimes", [])) as {
          firstPaint: number;
        };
        // The first pair warms up.
        if (pair > 0) times[on ? "with" : "without"].push(firstPaint);
      }
    }
    return {
      pairs,
      milliseconds: times,
      medians: { with: median(times.with), without: median(times.without) },
      ratio: medianRatio(times.with, times.without),
    };
  } finally {
    await stopEverything();
  }
}

function packed(): string {
  const folder = dirname(ADDON);
  const name = readdirSync(folder).find((each) =>
    new RegExp(`^smime-exchange-${BUILD}-.*\\.xpi$`).test(each),
  );
  if (name === undefined) throw new Error(`no package in ${folder}`);
  return join(folder, name);
}
