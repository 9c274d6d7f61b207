import type { Draft, Plan } from "../core/exchange/plan.ts";
import { text } from "../thunderbird/i18n.ts";
import { prompt } from "../thunderbird/prompts.ts";
import type { BuildAnswer } from "../thunderbird/transport.ts";
import { draftChoice, forgetShown } from "./drafts.ts";

/** Whether the user can decide something that lets the message leave; otherwise it is refused. */
export function isToBeAsked({ kind, why }: Plan): boolean {
  if (kind !== "blocked") return false;
  switch (why) {
    case "missing":
    case "no-certificate":
    case "own-expired":
      return true;
    default:
      return false;
  }
}

/**
 * Asks in a window of the add-on's own, where the draft and its recipients can still be changed.
 * What is decided is looked at again: the answer is never "leave" or "protect".
 */
export async function askBeforeSend(
  tabId: number,
  { answersEncrypted }: Pick<Draft, "answersEncrypted">,
  why: "blocked" | "weaker",
): Promise<BuildAnswer> {
  const answer = await prompt({ kind: "send", tabId, why });
  const choice = await draftChoice(tabId);
  // What is being sent holds the quote still, whatever has become of it in the window.
  const holdsQuote = answersEncrypted && (choice === "signed" || choice === "none");
  if (answer !== "done" || holdsQuote) {
    return { action: "refuse", reason: text("not_sent_back"), told: true };
  }
  await forgetShown(tabId);
  return { action: "again" };
}
