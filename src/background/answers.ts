import {
  answeredPeople,
  isIntruder,
  type AnsweredPeople,
} from "../core/exchange/answered-recipients.ts";
import {
  answeredSubject,
  restoredSubject,
  revealsSubject,
  type AnsweredSubject,
} from "../core/exchange/answered-subject.ts";
import { answerDetails, setAnswerDetails } from "../thunderbird/drafts.ts";
import { mailboxAddresses } from "../thunderbird/mailboxes.ts";
import { messageHeader } from "../thunderbird/messages.ts";
import { tabMemory } from "../thunderbird/tab-memory.ts";
import type { Reader } from "./reading.ts";

/** The protected header of a message, in the window that answers or forwards it. */
export interface Answers {
  /**
   * Thunderbird makes "Re: [...]" of the subject outside, and answers whom the header outside names,
   * where somebody on the way may have put himself (RFC 9788, section 6). Puts the real subject
   * there, and takes those out who are not named under the protection: once, and only while the user
   * has not written another subject. Call whenever the window may have changed.
   */
  restore(tabId: number, relatedMessageId: number | null): Promise<void>;
  /** The draft's subject holds one that was encrypted: it may leave encrypted only. */
  isRevealed(tabId: number): Promise<boolean>;
}

interface Answered {
  readonly subject: AnsweredSubject | null;
  readonly people: AnsweredPeople | null;
}

export function answers(reader: Reader): Answers {
  const memory = tabMemory<Answered & { readonly settled: boolean }>("answered");
  return {
    async restore(tabId, relatedMessageId) {
      const known = await memory.get(tabId);
      if (known?.settled === true) return;
      const answered = known ?? (await answeredBy(reader, relatedMessageId));
      const { subject, to, cc, isReply } = await answerDetails(tabId);
      const { subject: seen, people } = answered;
      // A window that is still being opened has nothing in it yet.
      const filled = subject !== "" || to.length + cc.length > 0;
      await memory.set(tabId, { ...answered, settled: filled });
      if (!filled) return;
      const restored = seen === null ? null : restoredSubject(subject, seen);
      const recipients = people !== null && isReply ? await honest({ to, cc }, people) : null;
      if (restored !== null || recipients !== null) {
        await setAnswerDetails(tabId, {
          ...(restored === null ? {} : { subject: restored }),
          ...recipients,
        });
      }
    },
    async isRevealed(tabId) {
      const subject = (await memory.get(tabId))?.subject ?? null;
      return subject !== null && revealsSubject((await answerDetails(tabId)).subject, subject);
    },
  };
}

/** While the vault is locked nobody knows the header, and the window cannot hold it. */
async function answeredBy(reader: Reader, messageId: number | null): Promise<Answered> {
  const nothing = { subject: null, people: null };
  if (messageId === null) return nothing;
  try {
    const reading = await reader.read(await messageHeader(messageId));
    if (reading.kind !== "opened") return nothing;
    const { headers } = reading.opened;
    return { subject: answeredSubject(headers), people: answeredPeople(headers) };
  } catch {
    // A message that is gone can no longer be read.
    return nothing;
  }
}

interface Recipients {
  readonly to: readonly string[];
  readonly cc: readonly string[];
}

/** Without those who are named outside only; null if there are none of them. */
async function honest({ to, cc }: Recipients, people: AnsweredPeople): Promise<Recipients | null> {
  const named = await mailboxAddresses(people.protectedValues.join(", "));
  const known = new Set(named.map((address) => address.toLowerCase()));
  const kept = async (mailboxes: readonly string[]) => {
    const addresses = await Promise.all(mailboxes.map(mailboxAddresses));
    return mailboxes.filter(
      (_, index) => !addresses[index]?.some((address) => isIntruder(address, known, people)),
    );
  };
  const honestTo = await kept(to);
  const honestCc = await kept(cc);
  if (honestTo.length === to.length && honestCc.length === cc.length) return null;
  if (honestTo.length > 0) return { to: honestTo, cc: honestCc };
  const author = await mailboxAddresses(people.author ?? "");
  return { to: author.filter((address) => address.includes("@")), cc: honestCc };
}
