import { format } from "prettier";
import type { Measured } from "./measure-engine.ts";
import type { ReadingResult } from "./measure-reading.ts";
import type { StartUpResult } from "./measure-start.ts";

/** What both benchmarks reached, as the README states it, between these two lines. */

const START = "<!-- What was measured is written by `npm run bench-table`. -->";
const END = "<!-- End of what was measured. -->";

/** What `npm run bench -- --json` writes. */
export interface EngineReport {
  readonly results: readonly Measured[];
}

/** What `npm run bench:thunderbird -- --json` writes. */
export interface ThunderbirdReport {
  readonly reading: readonly ReadingResult[];
  readonly start: StartUpResult | null;
}

export async function withSpeed(
  readme: string,
  engine: EngineReport,
  thunderbird: ThunderbirdReport,
): Promise<string> {
  const [before, rest = ""] = readme.split(START);
  const after = rest.split(END)[1];
  if (before === undefined || after === undefined) throw new Error("the README lacks the markers");
  const section = [START, engineTable(engine), readingTable(thunderbird.reading)];
  if (thunderbird.start !== null) section.push(startSentence(thunderbird.start));
  const text = before + [...section, END].join("\n\n") + after;
  return format(text, { parser: "markdown", printWidth: 100 });
}

/** Ratios to openssl at each size but the smallest, whose time counts by itself. */
function engineTable({ results }: EngineReport): string {
  const cell = (operation: string, size: string, show: (one: Measured) => string): string => {
    const one = results.find((each) => each.operation === operation && each.size === size);
    return one === undefined ? "–" : show(one);
  };
  const byOpenssl = ({ ratios }: Measured) => ratios.openssl.toFixed(2);
  return table([
    [
      ...["a whole message", "1 KB, ms", "1 MB, by `openssl cms`", "25 MB", "100 MB"],
      ...["25 MB, by the bare primitives", "its peak memory, by its size"],
    ],
    ...[...new Set(results.map(({ operation }) => operation))].map((operation) => [
      operation.replace(/(CBC|GCM)$/, "AES-256-$1"),
      cell(operation, "1KB", ({ milliseconds }) => milliseconds.engine.toFixed(1)),
      ...["1MB", "25MB", "100MB"].map((size) => cell(operation, size, byOpenssl)),
      cell(operation, "25MB", ({ ratios }) => ratios.floor.toFixed(2)),
      cell(operation, "25MB", ({ peakMemory }) => peakMemory.ratio.toFixed(1)),
    ]),
  ]);
}

function readingTable(reading: readonly ReadingResult[]): string {
  return table([
    [
      "from selecting a message to its text on the screen",
      ...["by Thunderbird's own S/MIME", "later by, ms", "its own by the plain message"],
    ],
    ...reading.map(({ size, ratio, difference, medians }) => [
      size.replace(/(?=[KM]B)/, " "),
      ratio.toFixed(2),
      difference.toFixed(0),
      (medians.own / medians.plain).toFixed(2),
    ]),
  ]);
}

function startSentence({ ratio, pairs }: StartUpResult): string {
  return `Thunderbird's start with the add-on takes ${ratio.toFixed(3)} times what it takes without (${pairs} pairs).`;
}

function table([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...rows.map(line)].join("\n");
}
