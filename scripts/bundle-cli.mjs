import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The command line in one file for Node. */
export async function bundleCommandLine(outfile) {
  await esbuild.build({
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    entryPoints: ["src/cli/main.ts"],
    outfile,
    legalComments: "none",
    logLevel: "warning",
    preserveSymlinks: true,
  });
}
