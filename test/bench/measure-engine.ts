import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { fromPem } from "../support/pki.ts";
import { alice, bob, caPem } from "../support/people.ts";
import { floorOf } from "./floor.ts";
import { mailOf } from "./messages.ts";
import { opensslIn } from "./openssl-process.ts";
import { operations, type Engine, type Keys, type Operation } from "./shipped.ts";
import { median, medianRatio } from "./statistics.ts";

export interface Measured {
  readonly size: string;
  /** Of the message before it was signed or encrypted. */
  readonly octets: number;
  readonly operation: Operation;
  readonly rounds: number;
  /** Medians. */
  readonly milliseconds: {
    readonly engine: number;
    readonly openssl: number;
    readonly floor: number;
  };
  /** The engine's time by the other's, the median over the rounds. */
  readonly ratios: { readonly openssl: number; readonly floor: number };
  /** Above what the process needs for small messages, and that by the message's size. */
  readonly peakMemory: { readonly octets: number; readonly ratio: number };
}

const keys: Keys = {
  aliceCertificate: fromPem(alice.signing.certificatePem),
  aliceKey: fromPem(alice.signing.privateKeyPem),
  bobCertificate: fromPem(bob.decryption.certificatePem),
  bobKey: fromPem(bob.decryption.privateKeyPem),
  authority: fromPem(caPem),
};

/** What each operation takes. */
type Inputs = Readonly<Record<Operation, Uint8Array>>;

/**
 * All operations on a message of that size. In each round the engine, the openssl process and the
 * floor take turns, so that whatever else the machine does meets all three.
 * @param options.folder for files; the caller removes it
 */
export async function measure(options: {
  readonly name: string;
  readonly octets: number;
  readonly rounds: number;
  readonly folder: string;
}): Promise<Measured[]> {
  const { name, rounds, folder } = options;
  const { engine, memoryProgram } = await bundled(folder);
  const message = mailOf(options.octets);
  const inputs = await inputsOf(message, engine);
  const smallInputs = await inputsOf(mailOf(1_000), engine);
  const files = write(folder, "message", inputs);
  const smallFiles = write(folder, "small", smallInputs);
  const openssl = opensslIn(folder);
  const floor = await floorOf(message);

  const results: Measured[] = [];
  for (const operation of operations) {
    const contestants = {
      engine: () => engine[operation](inputs[operation]),
      openssl: () => {
        openssl[operation](files[operation]);
      },
      floor: () => floor[operation](),
    };
    // Warm: compiled, and with the caches that a session has.
    const warming = message.length < 100_000 ? 30 : 2;
    for (let round = 0; round < warming; round++) await contestants.engine();
    const times = await inTurns(contestants, rounds);
    const peak = peakMemory(memoryProgram, operation, files[operation], smallFiles[operation]);
    results.push({
      size: name,
      octets: message.length,
      operation,
      rounds,
      milliseconds: {
        engine: median(times.engine),
        openssl: median(times.openssl),
        floor: median(times.floor),
      },
      ratios: {
        openssl: medianRatio(times.engine, times.openssl),
        floor: medianRatio(times.engine, times.floor),
      },
      peakMemory: { octets: peak, ratio: peak / message.length },
    });
  }
  return results;
}

async function inTurns<Name extends string>(
  contestants: Readonly<Record<Name, () => unknown>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length] as Name;
      globalThis.gc?.();
      const start = performance.now();
      await contestants[name]();
      times[name].push(performance.now() - start);
    }
  }
  return times;
}

async function inputsOf(message: Uint8Array, engine: Engine): Promise<Inputs> {
  return {
    sign: message,
    verify: await engine.sign(message),
    "encrypt CBC": message,
    "decrypt CBC": await engine["encrypt CBC"](message),
    "encrypt GCM": message,
    "decrypt GCM": await engine["encrypt GCM"](message),
  };
}

function write(folder: string, name: string, inputs: Inputs): Record<Operation, string> {
  return Object.fromEntries(
    operations.map((operation) => {
      const path = join(folder, `${name}-${operation.replace(" ", "-")}.eml`);
      writeFileSync(path, inputs[operation]);
      return [operation, path];
    }),
  ) as Record<Operation, string>;
}

/** The engine as the add-on ships it, and the program that looks at its memory. */
async function bundled(
  folder: string,
): Promise<{ readonly engine: Engine; readonly memoryProgram: string }> {
  const here = import.meta.dirname;
  await build({
    entryPoints: [join(here, "shipped.ts"), join(here, "memory.ts")],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    target: "firefox140",
    external: ["node:*"],
    logLevel: "warning",
  });
  const shipped = (await import(
    pathToFileURL(join(folder, "shipped.mjs")).href
  )) as typeof import("./shipped.ts");
  const encoded = Object.entries(keys).map(([name, key]: [string, Uint8Array]) => [
    name,
    Buffer.from(key).toString("base64"),
  ]);
  writeFileSync(join(folder, "keys.json"), JSON.stringify(Object.fromEntries(encoded)));
  return {
    engine: await shipped.engineWith(keys),
    memoryProgram: join(folder, "memory.mjs"),
  };
}

/** In octets; see memory.ts. */
function peakMemory(program: string, operation: Operation, file: string, small: string): number {
  const keysFile = join(program, "..", "keys.json");
  const args = ["--expose-gc", program, operation, file, small, keysFile];
  return Number(execFileSync(process.execPath, args, { encoding: "latin1" }));
}
