import { IDBDatabase, IDBIndex, IDBObjectStore } from "fake-indexeddb";

/**
 * Makes IndexedDB fail at one step: each opening of a transaction and each request of one is a step,
 * counted from zero.
 *
 * - full: the transaction is aborted as on a full disk, with QuotaExceededError
 * - refused: the request throws, as when the database is damaged
 * - killed: from there on nothing happens any more, and what was not committed is not there
 */
export type Fault = "full" | "refused" | "killed";

interface Injected {
  readonly fault: Fault;
  readonly step: number;
}

type Method = (this: object, ...args: unknown[]) => unknown;

interface Aborting {
  abort(): void;
  /** What fake-indexeddb itself calls where the disk of a browser would be full. */
  _abort(name: string): void;
}

/**
 * Runs `work` with the fault in it.
 * @returns how many steps were made, and the error it ended with
 */
export async function withFault(
  { fault, step }: Injected,
  work: () => Promise<unknown>,
): Promise<{ readonly steps: number; readonly error: unknown }> {
  let steps = 0;
  const restore: (() => void)[] = [];

  const patch = (prototype: object, name: string) => {
    const methods = prototype as Record<string, Method>;
    const original = methods[name];
    if (original === undefined) throw new Error(`IndexedDB has no ${name}`);
    methods[name] = function (this: object, ...args: unknown[]) {
      const current = steps++;
      const transaction = transactionOf(this);
      if (fault === "killed" && current >= step) {
        if (transaction !== null) abort(transaction);
        throw new Error("killed");
      }
      if (current !== step) return original.apply(this, args);
      if (fault === "refused" || transaction === null) {
        throw new DOMException("no", fault === "full" ? "QuotaExceededError" : "UnknownError");
      }
      const request = original.apply(this, args);
      transaction._abort("QuotaExceededError");
      return request;
    };
    restore.push(() => {
      methods[name] = original;
    });
  };

  patch(IDBDatabase.prototype, "transaction");
  for (const name of ["get", "getAll", "getKey", "getAllKeys", "count"]) {
    patch(IDBObjectStore.prototype, name);
    patch(IDBIndex.prototype, name);
  }
  for (const name of ["put", "add", "delete", "clear"]) patch(IDBObjectStore.prototype, name);
  try {
    await work();
    return { steps, error: null };
  } catch (error) {
    return { steps, error };
  } finally {
    for (const undo of restore) undo();
  }
}

/** null for the opening of one. */
function transactionOf(source: object): Aborting | null {
  if (source instanceof IDBObjectStore) return source.transaction as unknown as Aborting;
  if (source instanceof IDBIndex) return source.objectStore.transaction as unknown as Aborting;
  return null;
}

function abort(transaction: Aborting): void {
  try {
    transaction.abort();
  } catch {
    // It had ended before.
  }
}
