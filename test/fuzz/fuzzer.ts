import {
  derKinds,
  mutatedDer,
  mutatedText,
  textKinds,
  type Mutation,
} from "../support/mutation.ts";
import type { Coverage } from "./instrumented.ts";

/**
 * A fuzzer guided by coverage, as AFL and libFuzzer are: an input that reaches what none before has
 * reached, or more often, is kept and changed further. One process, no native code. The engine for
 * Node built on libFuzzer, Jazzer.js, asks for a newer C library than Debian 12 has.
 */

export interface FuzzOptions {
  readonly run: (bytes: Uint8Array) => Promise<unknown>;
  readonly coverage: Coverage;
  /** Valid inputs to begin with. */
  readonly seeds: readonly Uint8Array[];
  /** What the structure of an input is. */
  readonly structure: "der" | "text";
  readonly literals: readonly string[];
  readonly seed: number;
  readonly milliseconds: number;
  /** Ends earlier after so many runs. */
  readonly runs?: number;
}

export interface Finding {
  readonly bytes: Uint8Array;
  readonly error: unknown;
}

export interface FuzzResult {
  readonly runs: number;
  /** Edges that were passed at least once. */
  readonly edges: number;
  readonly corpus: readonly Uint8Array[];
  readonly finding: Finding | null;
  /** The input that took most steps for its length. */
  readonly slowest: { readonly bytes: Uint8Array; readonly milliseconds: number };
}

const LONGEST_INPUT = 20_000;
/** In milliseconds of one processor, for an input of that length. */
const SLOWEST_RUN = 2_000;

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { run, coverage, seeds, milliseconds } = options;
  const random = generator(options.seed);
  const seen = new Uint8Array(coverage.edges.length);
  const corpus: Uint8Array[] = [];
  let mostSteps = 0;
  let slowest: FuzzResult["slowest"] = { bytes: new Uint8Array(), milliseconds: 0 };
  let runs = 0;
  const limit = performance.now() + milliseconds;

  const attempt = async (bytes: Uint8Array): Promise<Finding | null> => {
    runs++;
    coverage.clear();
    const before = process.cpuUsage();
    try {
      await run(bytes);
    } catch (error) {
      return { bytes, error };
    }
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1000;
    if (took > slowest.milliseconds) slowest = { bytes, milliseconds: took };
    if (took > SLOWEST_RUN) return { bytes, error: new Error(`took ${Math.round(took)} ms`) };
    const perOctet = coverage.steps / (bytes.length + 1_000);
    const slower = perOctet > 1.2 * mostSteps;
    mostSteps = Math.max(mostSteps, perOctet);
    if (isNew(coverage, seen) || slower) corpus.push(bytes);
    return null;
  };
  const result = (finding: Finding | null): FuzzResult => ({
    runs,
    edges: seen.reduce((count, buckets) => count + (buckets === 0 ? 0 : 1), 0),
    corpus,
    finding,
    slowest,
  });

  for (const seed of seeds) {
    // What is cut out of a Buffer still is a part of it.
    const finding = await attempt(Uint8Array.from(seed));
    if (finding !== null) return result(finding);
  }
  while (performance.now() < limit && runs < (options.runs ?? Infinity)) {
    // What was kept last has been changed least often.
    const recent = random(3) === 0;
    const index = recent
      ? corpus.length - 1 - random(Math.min(8, corpus.length))
      : random(corpus.length);
    const parent = corpus[index] ?? new Uint8Array();
    const other = corpus[random(corpus.length)] ?? parent;
    const child = Uint8Array.from(
      changed(parent, other, options, random).subarray(0, LONGEST_INPUT),
    );
    const finding = await attempt(child);
    if (finding !== null) return result(finding);
  }
  return result(null);
}

type Random = (below: number) => number;

/** Mulberry32: the same inputs again for the same seed. */
function generator(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const number = (mixed ^ (mixed >>> 14)) >>> 0;
    return below <= 0 ? 0 : number % below;
  };
}

/** Marks what the run has reached, by how often: once, twice, three times, four to seven … */
function isNew({ edges, touched }: Coverage, seen: Uint8Array): boolean {
  let found = false;
  for (const edge of touched) {
    const bucket = 1 << bucketOf(edges[edge] ?? 0);
    const known = seen[edge] ?? 0;
    if ((known & bucket) !== 0) continue;
    seen[edge] = known | bucket;
    found = true;
  }
  return found;
}

function bucketOf(count: number): number {
  if (count <= 3) return count - 1;
  if (count < 8) return 3;
  if (count < 16) return 4;
  if (count < 32) return 5;
  return count < 128 ? 6 : 7;
}

function changed(
  parent: Uint8Array,
  other: Uint8Array,
  { structure, literals }: FuzzOptions,
  random: Random,
): Uint8Array {
  let bytes = parent;
  for (let count = 1 + random(4); count > 0; count--) {
    if (random(10) < 6) bytes = structured(bytes, structure, random);
    else bytes = octetwise(bytes, other, literals, random);
  }
  return bytes;
}

function structured(bytes: Uint8Array, structure: "der" | "text", random: Random): Uint8Array {
  const kinds = structure === "der" ? derKinds : textKinds;
  const kind = kinds[random(kinds.length)] ?? kinds[0];
  const mutation: Mutation = { kind, at: random(2 ** 31), value: random(2 ** 31) };
  return (structure === "der" ? mutatedDer : mutatedText)(bytes, [mutation]);
}

const EDGES_OF_NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x2d, 0x30];

function octetwise(
  bytes: Uint8Array,
  other: Uint8Array,
  literals: readonly string[],
  random: Random,
): Uint8Array {
  const at = random(bytes.length + 1);
  const length = random(Math.min(64, bytes.length - at + 1));
  const spliced = (middle: Uint8Array, skip: number) =>
    new Uint8Array(Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(at + skip)]));
  switch (random(6)) {
    case 0:
      return spliced(Uint8Array.of(random(256)), 1);
    case 1:
      return spliced(Uint8Array.of(EDGES_OF_NUMBERS[random(EDGES_OF_NUMBERS.length)] ?? 0), 1);
    case 2:
      return spliced(new Uint8Array(), length);
    case 3:
      return spliced(bytes.subarray(at, at + length), 0);
    case 4: {
      const from = random(other.length);
      return spliced(other.subarray(from, from + random(200)), length);
    }
    default:
      return spliced(Buffer.from(literals[random(literals.length)] ?? ""), random(2) * length);
  }
}
