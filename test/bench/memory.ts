import { readFileSync, writeFileSync } from "node:fs";
import { engineWith, type Keys, type Operation } from "./shipped.ts";

/**
 * Runs one operation on one message in a process of its own and prints by how many octets the
 * resident memory rose at its peak, the message itself included. Arguments: the operation, the
 * files of the message and of a small message of the same kind, and a JSON file of base64 keys.
 */
const [operation, file = "", small = "", keysFile = ""] = process.argv.slice(2);
const encoded = JSON.parse(readFileSync(keysFile, "utf8")) as Record<keyof Keys, string>;
const keys = Object.fromEntries(
  Object.entries(encoded).map(([name, base64]) => [name, Buffer.from(base64, "base64")]),
) as unknown as Keys;
const run = (await engineWith(keys))[operation as Operation];

// Code and caches that the first message of any size brings in are not the message's.
for (let round = 0; round < 5; round++) await run(readFileSync(small));
globalThis.gc?.();
// 5 sets the peak back to what is resident now; see proc(5).
writeFileSync("/proc/self/clear_refs", "5");
const before = kilobytes("VmRSS");
await run(readFileSync(file));
process.stdout.write(String((kilobytes("VmHWM") - before) * 1024));

function kilobytes(name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(
    readFileSync("/proc/self/status", "utf8"),
  );
  if (line === null) throw new Error(`the kernel tells no ${name}`);
  return Number(line[1]);
}
