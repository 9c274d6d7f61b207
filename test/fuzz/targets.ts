import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Coverage, loadInstrumented, READERS } from "./instrumented.ts";
import { fuzz, type FuzzResult } from "./fuzzer.ts";
import type { readAnything, Target } from "./readers.ts";
import * as samples from "../property/samples.ts";

const seedsOf: Readonly<Record<Target, readonly Uint8Array[]>> = {
  mime: samples.messages,
  cms: [...samples.cms, ...samples.certificates],
  pkcs12: samples.keyFiles,
};
export const targets = Object.keys(seedsOf) as Target[];

const regressions = new URL("regressions/", import.meta.url);

/** Inputs that once went wrong, or lead where a run from nothing seldom comes, by their names. */
export function regressionsOf(target: Target): { name: string; bytes: Uint8Array }[] {
  const folder = new URL(`${target}/`, regressions);
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, folder))) }));
}

/** Where a finding is to be kept. */
export function regressionPath(target: Target, name: string): string {
  return fileURLToPath(new URL(`${target}/${name}`, regressions));
}

export interface Instrumented {
  readonly coverage: Coverage;
  readonly places: number;
  readonly literals: readonly string[];
  readonly read: typeof readAnything;
}

export async function instrumentedReaders(): Promise<Instrumented> {
  const coverage = new Coverage();
  const { module, places, literals } = await loadInstrumented(READERS, coverage);
  const { readAnything: read } = module as { readAnything: typeof readAnything };
  return { coverage, places, literals, read };
}

export function fuzzTarget(
  target: Target,
  { coverage, literals, read }: Instrumented,
  { milliseconds, seed }: { milliseconds: number; seed: number },
): Promise<FuzzResult> {
  return fuzz({
    run: (bytes) => read(target, bytes),
    coverage,
    literals,
    seeds: [...seedsOf[target], ...regressionsOf(target).map(({ bytes }) => bytes)],
    structure: target === "mime" ? "text" : "der",
    seed,
    milliseconds,
  });
}
