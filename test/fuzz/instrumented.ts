import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { instrument } from "./instrument.ts";

const OURS = /\/(?:src\/core|test\/fuzz)\/.*\.ts$/;

/** How often each pair of places that follow each other was passed; a place is known by its number. */
export class Coverage {
  readonly edges = new Uint32Array(1 << 16);
  /** Which of them are not zero. */
  readonly touched: number[] = [];
  /** All places passed since `clear`, repetitions included: a measure of work that no clock disturbs. */
  steps = 0;
  #last = 0;

  readonly hit = (place: number): void => {
    this.steps++;
    const edge = (Math.imul(this.#last, 31) ^ place) & 0xffff;
    const count = this.edges[edge] ?? 0;
    if (count === 0) this.touched.push(edge);
    this.edges[edge] = count + 1;
    this.#last = place;
  };

  clear(): void {
    for (const edge of this.touched) this.edges[edge] = 0;
    this.touched.length = 0;
    this.steps = 0;
    this.#last = 0;
  }
}

/**
 * A module of ours with all that it imports, loaded so that `coverage` sees what it does.
 * @param literals get what it compares with
 */
export async function loadInstrumented(
  path: string,
  coverage: Coverage,
): Promise<{ module: unknown; places: number; literals: readonly string[] }> {
  let places = 0;
  const literals = new Set<string>();
  const folder = mkdtempSync(join(tmpdir(), "smime-fuzz-"));
  try {
    const outfile = join(folder, "bundle.mjs");
    await esbuild.build({
      entryPoints: [path],
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
      logLevel: "error",
      plugins: [
        {
          name: "instrument",
          setup(build) {
            build.onLoad({ filter: OURS }, ({ path: file }) => {
              const found = instrument(file, readFileSync(file, "utf8"), () => places++);
              for (const literal of found.literals) literals.add(literal);
              return { contents: found.text, loader: "js" };
            });
          },
        },
      ],
    });
    Object.assign(globalThis, { __hit: coverage.hit });
    const module: unknown = await import(pathToFileURL(outfile).href);
    return { module, places, literals: [...literals] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const READERS = fileURLToPath(new URL("readers.ts", import.meta.url));
