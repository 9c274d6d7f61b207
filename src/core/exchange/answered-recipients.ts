import type { MessageHeader } from "../smime/verdict.ts";

/** The fields that a mail program takes the recipients of an answer from. */
const sources = new Set([
  ...["from", "reply-to", "to", "cc", "sender", "mail-reply-to", "mail-followup-to"],
  ...["list-post", "return-path"],
]);

/** What an answer may go to, as the protected header has it (RFC 9788, sections 4.4.4 and 6.2). */
export interface AnsweredPeople {
  /** Values of the protected fields. */
  readonly protectedValues: readonly string[];
  /** Of those outside, which anybody may have changed. */
  readonly outerValues: readonly string[];
  /** Where an answer to the author goes. */
  readonly author: string | null;
}

/** null where nothing is protected, or the fields outside are the protected ones. */
export function answeredPeople(headers: readonly MessageHeader[]): AnsweredPeople | null {
  const relevant = headers.filter(({ name }) => sources.has(name.toLowerCase()));
  const inside = relevant.filter(({ protection }) => protection !== "none");
  if (
    inside.length === 0 ||
    relevant.every(({ value, outer, protection }) => value === outer && protection !== "none")
  ) {
    return null;
  }
  const named = (wanted: string) => inside.find(({ name }) => name.toLowerCase() === wanted)?.value;
  return {
    protectedValues: inside.map(({ value }) => value),
    outerValues: relevant.flatMap(({ outer }) => outer ?? []),
    author: named("reply-to") ?? named("from") ?? null,
  };
}

/** Whether an address came into the answer only by way of the fields outside. */
export function isIntruder(
  address: string,
  known: ReadonlySet<string>,
  { outerValues }: AnsweredPeople,
): boolean {
  const wanted = address.toLowerCase();
  return !known.has(wanted) && outerValues.some((value) => value.toLowerCase().includes(wanted));
}
