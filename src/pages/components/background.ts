import { useEffect, useRef, useState } from "preact/hooks";
import { errorCode, type ErrorCode } from "../../core/errors.ts";
import type { PageProtocol } from "../../core/protocol.ts";
import { client } from "../../thunderbird/rpc.ts";

/** The one way from a page to the background. */
export const ask = client<PageProtocol>("pages");

export interface Loaded<T> {
  /** The newest answer; null until there is one. A failed reload keeps the one before. */
  readonly value: T | null;
  readonly failure: ErrorCode | null;
  readonly reload: () => Promise<void>;
}

/**
 * An answer of the background, asked for again whenever the page gets the focus or its tab comes to
 * the front (the vault may have been locked meanwhile) and, if wanted, at an interval. Of answers
 * that overtake each other the last question's counts.
 */
export function useLoaded<T>(load: () => Promise<T>, everyMilliseconds?: number): Loaded<T> {
  const [answer, setAnswer] = useState<Omit<Loaded<T>, "reload">>({ value: null, failure: null });
  const latest = useRef({ load, question: 0, pending: 0 });
  latest.current.load = load;

  const reload = async () => {
    const { current } = latest;
    const question = ++current.question;
    current.pending++;
    try {
      const value = await current.load();
      if (question === current.question) setAnswer({ value, failure: null });
    } catch (error) {
      const failure = errorCode(error);
      if (question === current.question) setAnswer(({ value }) => ({ value, failure }));
    } finally {
      current.pending--;
    }
  };

  useEffect(() => {
    const again = () => void reload();
    again();
    const shown = () => {
      if (!document.hidden) again();
    };
    window.addEventListener("focus", again);
    document.addEventListener("visibilitychange", shown);
    const timer =
      everyMilliseconds === undefined
        ? undefined
        : setInterval(() => {
            if (latest.current.pending === 0) again();
          }, everyMilliseconds);
    return () => {
      window.removeEventListener("focus", again);
      document.removeEventListener("visibilitychange", shown);
      clearInterval(timer);
    };
  }, []);

  return { ...answer, reload };
}

export interface Action {
  readonly busy: boolean;
  readonly failure: ErrorCode | null;
  /** Never rejects; a second call while one is under way is ignored. */
  readonly run: (work: () => Promise<unknown>) => Promise<void>;
}

/** Something the user starts: busy while it runs, and its failure to show in place. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorCode | null>(null);
  const running = useRef(false);
  return {
    busy,
    failure,
    async run(work) {
      if (running.current) return;
      running.current = true;
      setBusy(true);
      setFailure(null);
      try {
        await work();
      } catch (error) {
        setFailure(errorCode(error));
      } finally {
        running.current = false;
        setBusy(false);
      }
    },
  };
}
