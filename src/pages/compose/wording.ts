import type { DraftView } from "../../core/protocol.ts";
import type { IconName } from "../components/icon.tsx";
import type { Wording } from "../components/wording.ts";
import { notReadyWording } from "../components/not-ready.ts";

/** What Send will do with a draft, in words. Pure. */

type Plan = DraftView["plan"];
type Recipient = DraftView["recipients"][number];
export type Choice = DraftView["choice"];

const fates: Record<Plan["kind"], { readonly icon: IconName; readonly sentence: string }> = {
  unprotected: { icon: "unprotected", sentence: "plan_unprotected" },
  signed: { icon: "signed", sentence: "plan_signed" },
  encrypted: { icon: "encrypted", sentence: "plan_encrypted" },
  left: { icon: "unprotected", sentence: "plan_left" },
  blocked: { icon: "blocked", sentence: "plan_blocked" },
};

export function fateOf(plan: Plan): { readonly icon: IconName; readonly sentence: Wording } {
  const { icon, sentence } = fates[plan.kind];
  return { icon, sentence: [sentence] };
}

/** The reason for the fate. "missing" and "bcc" mean something else when they stop the message. */
export function whyWording({ kind, why }: Plan): Wording {
  const blocked = kind === "blocked";
  switch (why) {
    case "chosen":
      return ["why_chosen"];
    case "setting":
      return ["why_setting"];
    case "ready":
      return ["why_ready"];
    case "answers-encrypted":
      return ["why_answers_encrypted"];
    case "missing":
      return [blocked ? "why_blocked_missing" : "why_missing"];
    case "bcc":
      return [blocked ? "why_blocked_bcc" : "why_bcc"];
    case "no-certificate":
      return [blocked ? "why_blocked_no_certificate" : "why_no_certificate"];
    case "no-encryption-certificate":
      return ["why_no_encryption_certificate"];
    case "own-expired":
      return [blocked ? "why_blocked_own_expired" : "why_own_expired"];
    case "no-recipients":
      return ["why_no_recipients"];
    case "not-opened":
      return ["why_not_opened"];
    case "built-in":
      return [blocked ? "why_blocked_built_in" : "why_built_in"];
  }
}

/** What brings this draft further; null where nothing is in the way. */
export function hintWording({ kind, why }: Plan): Wording | null {
  if (why === "missing") return [kind === "blocked" ? "hint_blocked_missing" : "hint_missing"];
  if (why === "bcc") return ["hint_bcc"];
  if (why === "no-certificate" || why === "no-encryption-certificate") return ["hint_set_up"];
  if (why === "own-expired") return ["hint_renew"];
  return null;
}

export function recipientWording({ ready, notReady, state }: Recipient): Wording {
  if (ready) return [state === "complete" ? "recipient_complete" : "recipient_ready"];
  return notReadyWording(notReady ?? "no-certificate");
}

/** What the user can choose for one draft; at most three outcomes, never two switches. */
export const choices: readonly {
  readonly value: Choice;
  readonly label: string;
  readonly explanation: string;
}[] = [
  { value: "automatic", label: "choice_automatic", explanation: "choice_automatic_explained" },
  { value: "encrypted", label: "choice_encrypted", explanation: "choice_encrypted_explained" },
  { value: "signed", label: "choice_signed", explanation: "choice_signed_explained" },
  { value: "none", label: "choice_none", explanation: "choice_none_explained" },
];

/** Choices that a blocked draft offers as a way out. */
export function waysOut({ plan, choice }: DraftView): readonly Choice[] {
  if (plan.kind !== "blocked") return [];
  if (plan.why === "built-in" || plan.why === "not-opened") return [];
  if (plan.why === "no-certificate" || plan.why === "own-expired")
    return choice === "automatic" ? ["none"] : ["automatic", "none"];
  return ["signed"];
}
