/** `npm run bench` and `npm run bench:thunderbird`; what follows `--` goes to the benchmark. */
import { giveUp, prepareDebianPackages, prepareNodeModules, root, run } from "./prepare.mjs";
import { join } from "node:path";

const [name, ...options] = process.argv.slice(2);
if (name !== "engine" && name !== "thunderbird") giveUp("which benchmark?");
prepareNodeModules();
prepareDebianPackages();
if (name === "thunderbird" && run(process.execPath, ["build.mjs"]) !== 0) {
  giveUp("the add-on could not be built");
}
const program = join(root, "test", "bench", `${name}.ts`);
// With the collector at hand, each measurement starts without what the one before it left.
process.exit(run(process.execPath, ["--expose-gc", "--import", "tsx", program, ...options]));
