import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { giveUp, root, run, say } from "./prepare.mjs";

/** The oldest Thunderbird that the manifest allows, as Debian has it beside the newest one. */
const VERSION = "1:140.*";
const cache = join(root, "node_modules", ".cache", "thunderbird-140");

/**
 * Unpacks it into a folder of its own; what is installed stays as it is.
 * @returns {string} the program
 */
export function prepareOlderThunderbird() {
  const program = join(cache, "usr/lib/thunderbird/thunderbird");
  if (existsSync(program)) return program;
  say("unpacking Thunderbird 140");
  const fresh = `${cache}-${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    // The lists of packages may be missing or old.
    if (download(fresh) !== 0) {
      run("apt-get", ["-qq", "update"]);
      if (download(fresh) !== 0) giveUp(`apt-get has no thunderbird=${VERSION}`);
    }
    const [archive] = readdirSync(fresh);
    if (run("dpkg", ["-x", archive, join(fresh, "unpacked")], { cwd: fresh }) !== 0) {
      giveUp("Thunderbird 140 cannot be unpacked");
    }
    rmSync(cache, { recursive: true, force: true });
    renameSync(join(fresh, "unpacked"), cache);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return program;
}

function download(folder) {
  return run("apt-get", ["-qq", "download", `thunderbird=${VERSION}`], { cwd: folder });
}
