import "fake-indexeddb/auto";
import { serialize } from "node:v8";
import { openDB, type IDBPDatabase } from "idb";
import { SmimeError, type ErrorCode } from "../../src/core/errors.ts";
import type { SessionSecrets } from "../../src/core/ports.ts";
import type { Schema } from "../../src/storage/schema.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";

/** Storage on a database of its own, with what stands around it. */
export interface TestStorage extends Storage {
  readonly name: string;
  readonly secrets: VariableSecrets;
  /** Another connection that keeps nothing of this one's session but its secrets. */
  reopened(): Promise<TestStorage>;
  /** The records as they rest, past the add-on's own code. */
  raw<Result>(work: (database: IDBPDatabase<Schema>) => Promise<Result>): Promise<Result>;
}

/** Session secrets in a variable, with all buffers that were handed in or out. */
export interface VariableSecrets extends SessionSecrets {
  readonly seen: Uint8Array[];
}

export function variableSecrets(): VariableSecrets {
  let kept: Uint8Array | null = null;
  const seen: Uint8Array[] = [];
  return {
    seen,
    get() {
      const copy = kept === null ? null : Uint8Array.from(kept);
      if (copy !== null) seen.push(copy);
      return Promise.resolve(copy);
    },
    set(key) {
      if (key !== null) seen.push(key);
      kept = key === null ? null : Uint8Array.from(key);
      return Promise.resolve();
    },
  };
}

export const storageNow = new Date("2026-11-20T12:00:00Z");

let databases = 0;

/** @param name of the database; a new one unless given */
export function testStorage(
  name = `storage-${databases++}`,
  secrets = variableSecrets(),
): TestStorage {
  const storage = openStorage({
    sessionSecrets: secrets,
    clock: { now: () => storageNow },
    name,
  });
  return {
    ...storage,
    name,
    secrets,
    async reopened() {
      await storage.close();
      return testStorage(name, secrets);
    },
    async raw(work) {
      const database = await openDB<Schema>(name);
      try {
        return await work(database);
      } finally {
        database.close();
      }
    },
  };
}

/** Everything in every store, as one sequence of bytes in which bytes and Latin text show as they are. */
export async function dumped(storage: TestStorage): Promise<Buffer> {
  return storage.raw(async (database) => {
    const stores = await Promise.all(
      [...database.objectStoreNames].map(async (store) => [
        store,
        await database.getAllKeys(store),
        await database.getAll(store),
      ]),
    );
    return Buffer.concat([serialize(stores), ...buffersIn(stores)]);
  });
}

/** A stored view keeps all of its buffer, also what it does not look at. */
function buffersIn(value: unknown): Buffer[] {
  if (ArrayBuffer.isView(value)) return [Buffer.from(value.buffer)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(buffersIn);
}

/** For `assert.rejects`. */
export function withCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof SmimeError && error.code === code;
}
