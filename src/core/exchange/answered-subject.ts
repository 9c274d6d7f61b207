import type { MessageHeader } from "../smime/verdict.ts";

/** The subject of a message that is answered or forwarded, where it is not the one outside. */
export interface AnsweredSubject {
  readonly inside: string;
  readonly outside: string;
  /** It must not leave readable (RFC 9788, section 6.1). */
  readonly confidential: boolean;
}

/** null where the subject outside is the author's, or nothing protects another one. */
export function answeredSubject(headers: readonly MessageHeader[]): AnsweredSubject | null {
  const subject = headers.find(({ name }) => name.toLowerCase() === "subject");
  if (subject === undefined || subject.protection === "none" || subject.value === subject.outer) {
    return null;
  }
  return {
    inside: subject.value,
    outside: subject.outer ?? "",
    confidential: subject.protection === "confidential",
  };
}

/**
 * What a draft's subject would be had the mail program seen the protected one: it puts its "Re: " or
 * "Fwd: " before what is outside. null if the draft's subject is not made of that.
 */
export function restoredSubject(
  draft: string,
  { inside, outside }: AnsweredSubject,
): string | null {
  const seen = withoutPrefixes(outside);
  const prefix = draft.slice(0, draft.length - seen.length);
  if (!draft.endsWith(seen) || withoutPrefixes(prefix) !== "") return null;
  const answer = /^(?:re|aw)\s*:/i.test(prefix);
  return prefix + (answer ? withoutPrefixes(inside) : inside);
}

/**
 * Whether the confidential subject would be readable in a message with this subject that does not
 * hide it. Letter case, spaces and prefixes make no other subject of it.
 */
export function revealsSubject(draft: string, answered: AnsweredSubject): boolean {
  const secret = comparable(withoutPrefixes(answered.inside));
  return answered.confidential && secret !== "" && comparable(draft).includes(secret);
}

/** "Re: AW[2]: Fwd: x" gives "x". */
function withoutPrefixes(subject: string): string {
  return subject.replace(/^(?:\s*(?:re|aw|antw|sv|fwd?|wg|tr|rv|i)\s*(?:\[\d+\])?\s*:)*\s*/i, "");
}

function comparable(subject: string): string {
  return subject.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}
