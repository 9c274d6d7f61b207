import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pack } from "./pack.mjs";

/** What reviewers need to build the packages; tests come with the repository. */
const LEFT_OUT = /^(?:test|\.ci)\//;

/**
 * The sources as they are in the work tree, for reviewers to rebuild the packages from.
 * @param {string} root
 * @returns {Promise<Uint8Array | null>} null outside a repository, as in the unpacked archive
 */
export async function sourceArchive(root) {
  if (!existsSync(join(root, ".git"))) return null;
  const { status, stdout } = spawnSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root, encoding: "utf8" },
  );
  if (status !== 0) return null;
  const names = stdout.split("\0").filter((name) => name !== "" && !LEFT_OUT.test(name));
  return pack(
    root,
    names.filter((name) => existsSync(join(root, name))),
  );
}
