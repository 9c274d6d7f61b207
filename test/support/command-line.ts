import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleCommandLine } from "../../scripts/bundle-cli.mjs";

export interface Finished {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface CommandLine {
  /** Ends like `node dist/smime.mjs`, started in the folder of the files. */
  run(...args: readonly string[]): Finished;
  /** What a run without complaints wrote, as JSON. */
  json(...args: readonly string[]): unknown;
  /** Puts a file into the folder. */
  put(name: string, content: string | Uint8Array): string;
  remove(): void;
}

/** The command line as it is built, with a folder for its files. */
export async function commandLine(): Promise<CommandLine> {
  const folder = mkdtempSync(join(tmpdir(), "smime-cli-"));
  const program = join(folder, "smime.mjs");
  await bundleCommandLine(program);
  const run = (...args: readonly string[]): Finished => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      maxBuffer: 1 << 28,
    });
    return { status, stdout, stderr: stderr.toString() };
  };
  return {
    run,
    json(...args) {
      const { status, stdout, stderr } = run(...args);
      if (status !== 0 || stderr !== "") throw new Error(`exit ${String(status)}: ${stderr}`);
      return JSON.parse(stdout.toString()) as unknown;
    },
    put(name, content) {
      writeFileSync(join(folder, name), content);
      return name;
    },
    remove() {
      rmSync(folder, { recursive: true });
    },
  };
}
