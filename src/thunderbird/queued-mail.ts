import { api } from "./api.ts";

const KEY = "queued";

/** More are not on their way: those have been forgotten, or left in a way that was not noticed. */
const MOST = 500;

/**
 * What is known of messages that are on their way, by Message-ID. It outlives the session, as a
 * message in the Outbox does. Values must survive JSON, and are kept in clear.
 */
export function queuedMail<T>(): {
  put(messageId: string, value: T): Promise<void>;
  /** null for a message that is not known. */
  get(messageId: string): Promise<T | null>;
  remove(messageId: string): Promise<void>;
  ids(): Promise<readonly string[]>;
} {
  // One after the other: each change reads and writes all of it.
  let last: Promise<unknown> = Promise.resolve();
  const read = async () => {
    const { [KEY]: stored } = await api.storage.local.get(KEY);
    return new Map((stored as [string, T][] | undefined) ?? []);
  };
  const change = (work: (entries: Map<string, T>) => void): Promise<void> => {
    const result = last.then(async () => {
      const entries = await read();
      work(entries);
      await api.storage.local.set({ [KEY]: [...entries].slice(-MOST) });
    });
    last = result.catch(() => {});
    return result;
  };
  return {
    put: (messageId, value) =>
      change((entries) => {
        entries.set(messageId, value);
      }),
    get: async (messageId) => (await read()).get(messageId) ?? null,
    remove: (messageId) =>
      change((entries) => {
        entries.delete(messageId);
      }),
    ids: async () => [...(await read()).keys()],
  };
}
