import {
  openDB,
  type IDBPDatabase,
  type IDBPObjectStore,
  type IDBPTransaction,
  type StoreNames,
} from "idb";
import { SmimeError } from "../core/errors.ts";
import { migrations, type Schema } from "./schema.ts";

const BLOCKED_MILLISECONDS = 5000;

interface Opening {
  /** The version is their number. */
  readonly steps: typeof migrations;
  /** How many milliseconds to wait for a page with an older version to let go of the database. */
  readonly patience: number;
}

/** The one way to the database. Opens it when it is first used, and anew after it was closed. */
export interface Database {
  /**
   * Runs `work` in one transaction and resolves once that has been written: all of it or nothing.
   * `work` may await only requests of this transaction, or the transaction ends before its time.
   * @throws SmimeError storage-full, storage-failed; what `work` throws as SmimeError comes through
   *   as it is
   */
  transact<Name extends StoreNames<Schema>, Mode extends "readonly" | "readwrite", Result>(
    store: Name,
    mode: Mode,
    work: (store: IDBPObjectStore<Schema, Name[], Name, Mode>) => Promise<Result>,
  ): Promise<Result>;
  /** The same over several stores at once. */
  transactAll<Name extends StoreNames<Schema>, Mode extends "readonly" | "readwrite", Result>(
    stores: readonly Name[],
    mode: Mode,
    work: (transaction: IDBPTransaction<Schema, Name[], Mode>) => Promise<Result>,
  ): Promise<Result>;
  close(): Promise<void>;
}

export function openDatabase(
  name: string,
  { steps = migrations, patience = BLOCKED_MILLISECONDS }: Partial<Opening> = {},
): Database {
  let connection: Promise<IDBPDatabase<Schema>> | null = null;

  const connect = (): Promise<IDBPDatabase<Schema>> => {
    const forget = () => {
      if (connection === opening) connection = null;
    };
    const opening = openConnection(name, { steps, patience }, forget);
    opening.catch(forget);
    connection = opening;
    return opening;
  };

  async function transactAll<
    Name extends StoreNames<Schema>,
    Mode extends "readonly" | "readwrite",
    Result,
  >(
    stores: readonly Name[],
    mode: Mode,
    work: (transaction: IDBPTransaction<Schema, Name[], Mode>) => Promise<Result>,
  ): Promise<Result> {
    try {
      const database = await (connection ?? connect());
      const transaction = database.transaction([...stores], mode, { durability: "strict" });
      // Told by what is awaited below; here only so that an abort in between is not unhandled.
      transaction.done.catch(() => undefined);
      try {
        const result = await work(transaction);
        await transaction.done;
        return result;
      } catch (error) {
        await abort(transaction);
        // The requests that a full disk takes along say only that they were aborted.
        throw isFull(transaction.error) ? transaction.error : error;
      }
    } catch (cause) {
      if (cause instanceof SmimeError) throw cause;
      throw new SmimeError(isFull(cause) ? "storage-full" : "storage-failed", { cause });
    }
  }

  return {
    transactAll,
    transact: (store, mode, work) =>
      transactAll([store], mode, (transaction) => work(transaction.objectStore(store))),
    async close() {
      const closing = connection;
      connection = null;
      await closing?.then(
        (database) => {
          database.close();
        },
        () => undefined,
      );
    },
  };
}

function isFull(error: unknown): error is Error {
  return error instanceof Error && error.name === "QuotaExceededError";
}

/** Resolves once nothing of the transaction can be written any more. */
async function abort(transaction: { readonly done: Promise<void>; abort(): void }): Promise<void> {
  try {
    transaction.abort();
  } catch {
    // A failed request has aborted it before.
  }
  await transaction.done.catch(() => undefined);
}

async function openConnection(
  name: string,
  { steps, patience }: Opening,
  forget: () => void,
): Promise<IDBPDatabase<Schema>> {
  let giveUp: ReturnType<typeof setTimeout> | undefined;
  let reject: (error: SmimeError) => void;
  const blocked = new Promise<never>((_resolve, rejectBlocked) => {
    reject = rejectBlocked;
  });

  const opening = openDB<Schema>(name, steps.length, {
    upgrade(database, oldVersion, _newVersion, transaction) {
      // A failed upgrade is told by the failed opening.
      transaction.done.catch(() => undefined);
      for (const migrate of steps.slice(oldVersion)) migrate(database, transaction);
    },
    blocked() {
      giveUp = setTimeout(() => {
        reject(new SmimeError("storage-failed", { detail: "an older version keeps it open" }));
      }, patience);
    },
    blocking(_currentVersion, _blockedVersion, event) {
      // A newer version wants to migrate: whoever asks next gets what it made.
      forget();
      (event.target as IDBDatabase).close();
    },
    terminated: forget,
  });

  try {
    return await Promise.race([opening, blocked]);
  } finally {
    clearTimeout(giveUp);
  }
}
