/** Long work that a page waits for, and may ask about or end. Its name is the page's own. */
export interface Work {
  /** Ends with null where the page cancelled it. */
  run<Result>(id: string, work: (watch: Watch) => Promise<Result>): Promise<Result | null>;
  /** From 0 to 1; null for work that is not under way. */
  share(id: string): number | null;
  cancel(id: string): void;
}

/** Awaited every few milliseconds by the work, with the share of it that is done. */
export type Watch = (share: number) => Promise<void>;

class Cancelled extends Error {}

/**
 * Lets pages draw and requests come in: they share this thread. A timer would wait for a second,
 * as all do in a page that is not shown.
 */
function otherTasks(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

export function longWork(): Work {
  const underWay = new Map<string, { share: number; cancelled: boolean }>();
  return {
    async run(id, work) {
      const state = { share: 0, cancelled: false };
      underWay.set(id, state);
      try {
        return await work(async (share) => {
          state.share = share;
          await otherTasks();
          if (state.cancelled) throw new Cancelled();
        });
      } catch (error) {
        if (error instanceof Cancelled) return null;
        throw error;
      } finally {
        underWay.delete(id);
      }
    },
    share: (id) => underWay.get(id)?.share ?? null,
    cancel(id) {
      const state = underWay.get(id);
      if (state !== undefined) state.cancelled = true;
    },
  };
}
