/** `npm run bench-table -- ENGINE.json THUNDERBIRD.json`: writes what both benchmarks reached into the README. */
import { readFile, writeFile } from "node:fs/promises";
import { withSpeed, type EngineReport, type ThunderbirdReport } from "../test/bench/speed-table.ts";

const [engine, thunderbird] = process.argv.slice(2);
if (engine === undefined || thunderbird === undefined) {
  console.error("npm run bench-table -- ENGINE.json THUNDERBIRD.json");
  process.exit(2);
}
const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, "utf8"));
const readme = new URL("../README.md", import.meta.url);
await writeFile(
  readme,
  await withSpeed(
    await readFile(readme, "utf8"),
    (await json(engine)) as EngineReport,
    (await json(thunderbird)) as ThunderbirdReport,
  ),
);
