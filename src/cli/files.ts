import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { readCertificateFile } from "../core/asn1/certificate-file.ts";
import { SmimeError } from "../core/errors.ts";
import { latin1Text } from "../core/octets.ts";
import { readKeyFile, type KeyFile } from "../core/pkcs12/read.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import type { KeyOption } from "./arguments.ts";
import { Failure } from "./failure.ts";

/** npm starts scripts in the project's folder, and says where it was called itself. */
function fromHere(path: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: calledIn } = process.env;
  return resolve(script === "smime" && calledIn !== undefined ? calledIn : process.cwd(), path);
}

/** For its owner only. @throws Failure */
export async function writeOutput(path: string, content: Uint8Array): Promise<void> {
  try {
    await writeFile(fromHere(path), content, { mode: 0o600 });
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${error instanceof Error ? error.message : ""}`);
  }
}

/** @throws Failure */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    // A Buffer of its own: small ones share memory.
    return new Uint8Array(await readFile(fromHere(path)));
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${error instanceof Error ? error.message : ""}`);
  }
}

/**
 * A mail as it was stored, without what is none of it: the byte order mark that editors put before
 * a text, and the line that mbox files put before a mail. @throws Failure
 */
export async function readMessage(path: string): Promise<Uint8Array> {
  const message = await readInput(path);
  const before = /^(?:\xef\xbb\xbf)?(?:From [^\r\n]*\r?\n)?/;
  const [start = ""] = before.exec(latin1Text(message.subarray(0, 1000))) ?? [];
  return message.subarray(start.length);
}

/** All certificates of files in any of the usual formats, in their order. @throws Failure */
export async function readCertificates(paths: readonly string[]): Promise<Certificate[]> {
  const files = paths.map(async (path) => {
    const file = await readInput(path);
    const { certificates, unreadable } = await asInput(path, () => readCertificateFile(file));
    // What was meant to be trusted, or judged, is not left out in silence.
    if (unreadable > 0)
      throw new Failure(`${path}: ${unreadable} unreadable among its certificates`);
    return certificates;
  });
  return (await Promise.all(files)).flat();
}

/** @throws Failure */
export async function readKey({ file, password }: KeyOption): Promise<KeyFile> {
  const octets = await readInput(file);
  return asInput(file, () => readKeyFile(octets, password));
}

/** @throws Failure */
export function readKeys(options: readonly KeyOption[]): Promise<KeyFile[]> {
  return Promise.all(options.map(readKey));
}

/** Nonsense in a file is the user's to know. @throws Failure */
export async function asInput<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SmimeError) throw new Failure(`${path}: ${error.message}`);
    throw error;
  }
}
