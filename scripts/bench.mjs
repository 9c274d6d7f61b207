/** `npm run bench`, `bench:thunderbird` and `bench:toolbar`; what follows `--` goes to the benchmark. */
import { giveUp, prepareDebianPackages, prepareNodeModules, root, run } from "./prepare.mjs";
import { join } from "node:path";

const [name, ...options] = process.argv.slice(2);
if (!["engine", "thunderbird", "toolbar"].includes(name)) giveUp("which benchmark?");
prepareNodeModules();
prepareDebianPackages();
if (name !== "engine" && run(process.execPath, ["build.mjs"]) !== 0) {
  giveUp("the add-on could not be built");
}
const program = join(root, "test", "bench", `${name}.ts`);
// With the collector at hand, each measurement starts without what the one before it left.
process.exit(run(process.execPath, ["--expose-gc", "--import", "tsx", program, ...options]));
