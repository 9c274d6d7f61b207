import type { DraftView } from "../../core/protocol.ts";
import type { IconName } from "./icon.tsx";
import type { Wording } from "./wording.ts";
import { notReadyWording } from "./not-ready.ts";

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

/** The reason for the fate. "missing" means something else when it stops the message. */
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
      return ["why_blocked_bcc"];
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
export function hintWording(view: Pick<DraftView, "plan" | "recipients">): Wording | null {
  const { kind, why } = view.plan;
  if (why === "missing") {
    if (!awaitsCertificates(view)) return null;
    return [kind === "blocked" ? "hint_blocked_missing" : "hint_missing"];
  }
  if (why === "bcc") return ["hint_bcc"];
  if (why === "no-certificate" || why === "no-encryption-certificate") return ["hint_set_up"];
  if (why === "own-expired") return ["hint_renew"];
  return null;
}

export function recipientWording({ ready, notReady, state }: Recipient): Wording {
  if (ready) return [state === "complete" ? "recipient_complete" : "recipient_ready"];
  return notReadyWording(notReady ?? "no-certificate");
}

/** The three outcomes that the user can choose for one draft; never two switches. */
export const choices: readonly {
  readonly value: Exclude<Choice, "automatic">;
  readonly label: string;
  readonly explanation: string;
}[] = [
  { value: "encrypted", label: "choice_encrypted", explanation: "choice_encrypted_explained" },
  { value: "signed", label: "choice_signed", explanation: "choice_signed_explained" },
  { value: "none", label: "choice_none", explanation: "choice_none_explained" },
];

/** Which of the three a draft without a choice is headed for; null where none can be told. */
export function outcomeOf({
  plan,
  answersEncrypted,
}: DraftView): Exclude<Choice, "automatic"> | null {
  switch (plan.kind) {
    case "unprotected":
      return "none";
    case "signed":
    case "encrypted":
      return plan.kind;
    case "left":
      return null;
    case "blocked":
      return answersEncrypted ? "encrypted" : null;
  }
}

/** Who can read the message if it is sent like this; null where it is not, or not by this add-on. */
export function readersWording({ kind }: Plan): Wording | null {
  switch (kind) {
    case "unprotected":
      return ["readers_unprotected"];
    case "signed":
      return ["readers_signed"];
    case "encrypted":
      return ["readers_encrypted"];
    case "left":
    case "blocked":
      return null;
  }
}

export function missingOf({
  recipients,
  plan,
}: Pick<DraftView, "plan" | "recipients">): readonly Recipient[] {
  return plan.why === "missing" ? recipients.filter(({ ready }) => !ready) : [];
}

/** Whether somebody is missing whose certificate could still be found or come. */
export function awaitsCertificates(view: Pick<DraftView, "plan" | "recipients">): boolean {
  return missingOf(view).some(({ notReady }) => notReady !== "newsgroup");
}

/** Only a certificate of one's own brings this draft further. */
export function needsSetUp({ plan: { why } }: DraftView): boolean {
  return why === "no-certificate" || why === "no-encryption-certificate" || why === "own-expired";
}

const wayOutLabels: Record<Choice, string> = {
  automatic: "choice_automatic",
  encrypted: "choice_encrypted",
  signed: "way_out_signed",
  none: "way_out_none",
};

export function wayOutLabel(choice: Choice, { answersEncrypted }: DraftView): string {
  return choice === "signed" && answersEncrypted
    ? "way_out_signed_without_quote"
    : wayOutLabels[choice];
}

/** Choices that a blocked draft offers as a way out. */
export function waysOut({ plan, choice }: DraftView): readonly Choice[] {
  if (plan.kind !== "blocked") return [];
  if (plan.why === "built-in" || plan.why === "not-opened") return [];
  if (plan.why === "no-certificate" || plan.why === "own-expired")
    return choice === "automatic" ? ["none"] : ["automatic", "none"];
  return ["signed"];
}
