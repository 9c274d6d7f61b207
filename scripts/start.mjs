/**
 * `npm start`: Thunderbird with the add-on, on a throw-away profile with two accounts on a local
 * mail server. `npm start -- --profile DIR`: on a profile of one's own.
 */
import { giveUp, prepareDebianPackages, prepareNodeModules, run, say } from "./prepare.mjs";

if (!process.env.DISPLAY) {
  giveUp("There is no display to open Thunderbird on: set DISPLAY, or use xvfb-run -a npm start");
}
prepareNodeModules();
prepareDebianPackages();
say("building the add-on");
if (run(process.execPath, ["build.mjs"]) !== 0) giveUp("the add-on could not be built");

// From here on node_modules is there, and with it TypeScript.
const { register } = await import("tsx/esm/api");
register();
const { openThunderbird } = await import("./open-thunderbird.ts");
process.exit(await openThunderbird(process.argv.slice(2)));
