import {
  answeredSubject,
  restoredSubject,
  revealsSubject,
  type AnsweredSubject,
} from "../core/exchange/answered-subject.ts";
import { draftSubject, setDraftSubject } from "../thunderbird/drafts.ts";
import { messageHeader } from "../thunderbird/messages.ts";
import { tabMemory } from "../thunderbird/tab-memory.ts";
import type { Reader } from "./reading.ts";

/** The protected subject of a message, in the window that answers or forwards it. */
export interface AnsweredSubjects {
  /**
   * Thunderbird makes "Re: [...]" of what it sees outside. Puts the real subject there, once, and
   * only while the user has not written another. Call whenever the window may have changed.
   */
  restore(tabId: number, relatedMessageId: number | null): Promise<void>;
  /** The draft's subject holds one that was encrypted: it may leave encrypted only. */
  isRevealed(tabId: number): Promise<boolean>;
}

interface Remembered {
  readonly answered: AnsweredSubject | null;
  readonly settled: boolean;
}

export function answeredSubjects(reader: Reader): AnsweredSubjects {
  const memory = tabMemory<Remembered>("answered-subject");
  return {
    async restore(tabId, relatedMessageId) {
      const known = await memory.get(tabId);
      if (known?.settled === true) return;
      const answered = known?.answered ?? (await subjectOf(reader, relatedMessageId));
      const subject = answered === null ? "" : await draftSubject(tabId);
      const restored = answered === null ? null : restoredSubject(subject, answered);
      // A window that is still being opened has no subject yet.
      await memory.set(tabId, { answered, settled: answered === null || subject !== "" });
      if (restored !== null && subject !== "") await setDraftSubject(tabId, restored);
    },
    async isRevealed(tabId) {
      const answered = (await memory.get(tabId))?.answered ?? null;
      return answered !== null && revealsSubject(await draftSubject(tabId), answered);
    },
  };
}

/** While the vault is locked nobody knows the subject, and the window cannot hold it. */
async function subjectOf(
  reader: Reader,
  messageId: number | null,
): Promise<AnsweredSubject | null> {
  if (messageId === null) return null;
  try {
    const reading = await reader.read(await messageHeader(messageId));
    return reading.kind === "opened" ? answeredSubject(reading.opened.headers) : null;
  } catch {
    // A message that is gone can no longer be read.
    return null;
  }
}
