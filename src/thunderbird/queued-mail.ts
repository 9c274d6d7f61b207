import { api } from "./api.ts";

const KEY = "queued";

/** What lies in an Outbox for longer has been forgotten, or left it in a way that was not noticed. */
const MOST = 500;

/**
 * What is known of the messages in the Outbox, by Message-ID. It outlives the session, as they do.
 * Values must survive JSON, and are kept in clear.
 */
export function queuedMail<T>(): {
  put(messageId: string, value: T): Promise<void>;
  /** null for a message that is not known. */
  take(messageId: string): Promise<T | null>;
} {
  // One after the other: each change reads and writes all of it.
  let last: Promise<unknown> = Promise.resolve();
  const change = <R>(work: (entries: Map<string, T>) => R): Promise<R> => {
    const result = last.then(async () => {
      const { [KEY]: stored } = await api.storage.local.get(KEY);
      const entries = new Map((stored as [string, T][] | undefined) ?? []);
      const answer = work(entries);
      await api.storage.local.set({ [KEY]: [...entries].slice(-MOST) });
      return answer;
    });
    last = result.catch(() => {});
    return result;
  };
  return {
    async put(messageId, value) {
      await change((entries) => entries.set(messageId, value));
    },
    take: (messageId) =>
      change((entries) => {
        const value = entries.get(messageId) ?? null;
        entries.delete(messageId);
        return value;
      }),
  };
}
