import type { WorkProgress } from "../core/protocol.ts";

/** Long work that a page waits for, and may ask about or end. Its name is the page's own. */
export interface Work {
  /** Ends with null where the page cancelled it. */
  run<Result>(
    id: string,
    work: (watch: Watch, toTheEnd: () => Promise<void>) => Promise<Result>,
  ): Promise<Result | null>;
  /** null for work that is not under way. */
  progress(id: string): WorkProgress | null;
  cancel(id: string): void;
}

/**
 * Awaited every few milliseconds by the work, with the share of it that is done. Where the page has
 * cancelled, it does not come back; but it always does after `toTheEnd`, for what must not be done
 * by halves.
 */
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
  const underWay = new Map<string, { share: number; mayEnd: boolean; cancelled: boolean }>();
  return {
    async run(id, work) {
      const state = { share: 0, mayEnd: true, cancelled: false };
      underWay.set(id, state);
      const watch: Watch = async (share) => {
        state.share = share;
        await otherTasks();
        if (state.cancelled && state.mayEnd) throw new Cancelled();
      };
      try {
        return await work(watch, async () => {
          await watch(state.share);
          state.mayEnd = false;
        });
      } catch (error) {
        if (error instanceof Cancelled) return null;
        throw error;
      } finally {
        underWay.delete(id);
      }
    },
    progress(id) {
      const state = underWay.get(id);
      return state === undefined ? null : { share: state.share, mayEnd: state.mayEnd };
    },
    cancel(id) {
      const state = underWay.get(id);
      if (state !== undefined) state.cancelled = true;
    },
  };
}
