import assert from "node:assert/strict";
import fc from "fast-check";
import { SmimeError } from "../../src/core/errors.ts";

/** How often `npm run fuzz -- --runs N` wants each property to be tried, instead of its own number. */
const asked = Number(process.env["PROPERTY_RUNS"] ?? 0);
const seed = process.env["PROPERTY_SEED"];

/** No single reading of what is smaller than a megabyte takes as long, whatever it is. */
const MAX_MS = 5_000;

/**
 * Tries a property with values that fast-check makes up. A failure says the smallest value found,
 * and the seed, for `npm run fuzz -- --seed`.
 * @param examples values that once went wrong, tried first
 */
export async function holds<T>(
  values: fc.Arbitrary<T>,
  property: (value: T) => unknown,
  { runs, examples = [] }: { readonly runs: number; readonly examples?: readonly T[] },
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      await property(value);
    }),
    {
      numRuns: asked > 0 ? asked : runs,
      examples: examples.map((value) => [value]),
      ...(seed === undefined ? {} : { seed: Number(seed) }),
    },
  );
}

/** Gives a value or one of this code's own errors, and does so in bounded time. */
export async function endsTyped(read: () => unknown): Promise<void> {
  const start = performance.now();
  try {
    await read();
  } catch (error) {
    if (!(error instanceof SmimeError)) throw error;
  }
  const took = performance.now() - start;
  assert.ok(took < MAX_MS, `took ${took} ms`);
}

/** The most that this process has ever had in memory, in octets. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}
