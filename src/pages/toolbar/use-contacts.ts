import { useEffect, useRef, useState } from "preact/hooks";
import { errorCode, type ErrorCode } from "../../core/errors.ts";
import type { ContactPage } from "../../core/protocol.ts";
import { ask } from "../components/background.ts";
import { listed, type Listed } from "./contacts.ts";
import { FIRST, takeFirstPage } from "./first-page.ts";

const NEXT = 1000;
/** While some are still being looked at, and twice as long each time: asking slows that down. */
const AGAIN_MS = 500;
const LONGEST_MS = 4000;

export interface Contacts {
  /** The newest answer's frame; null until there is one. */
  readonly page: Omit<ContactPage, "contacts" | "end"> | null;
  readonly contacts: readonly Listed[];
  /** All that there are have come. */
  readonly complete: boolean;
  readonly failure: ErrorCode | null;
  readonly reload: () => void;
}

/**
 * All contacts of an identity, the first page as soon as it is there.
 * @param identity null: the background chooses
 */
export function useContacts(identity: string | null): Contacts {
  const [state, setState] = useState<Omit<Contacts, "reload">>({
    page: null,
    contacts: [],
    complete: false,
    failure: null,
  });
  const loading = useRef(0);

  const load = async (patience = AGAIN_MS) => {
    const mine = ++loading.current;
    const isCurrent = () => mine === loading.current;
    try {
      let whose = identity;
      let contacts: Listed[] = [];
      // Rows that were derived meanwhile may belong to a page that has been read before.
      let missed = false;
      for (let end: ContactPage["end"] = null, first = true; first || end !== null; first = false) {
        const ahead = first && identity === null ? takeFirstPage() : null;
        const answer: ContactPage = await (ahead ??
          ask("contacts.page", { identity: whose, after: end, count: first ? FIRST : NEXT }));
        if (!isCurrent()) return;
        const { contacts: more, end: next, ...page } = answer;
        contacts = [...contacts, ...more.map(listed)];
        end = next;
        whose = page.identity;
        missed ||= page.pending;
        const [shown, complete] = [contacts, end === null && !missed];
        // What was there before stays until there is as much again.
        setState((before) =>
          end !== null &&
          before.page?.identity === page.identity &&
          before.contacts.length > shown.length
            ? before
            : { page, contacts: shown, complete, failure: null },
        );
        if (end === null && missed) {
          const next = Math.min(2 * patience, LONGEST_MS);
          setTimeout(() => isCurrent() && void load(next), patience);
        }
      }
    } catch (error) {
      const failure = errorCode(error);
      if (isCurrent()) setState((before) => ({ ...before, failure }));
    }
  };

  useEffect(() => {
    void load();
    return () => {
      loading.current++;
    };
  }, [identity]);

  return { ...state, reload: () => void load() };
}
