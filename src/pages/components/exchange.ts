import type { ContactView } from "../../core/protocol.ts";
import type { Wording } from "./wording.ts";

/** How the exchange with a contact is put into words. Pure, and shared by the pages. */

type State = ContactView["state"];
type Attention = ContactView["attention"][number];
type Next = ContactView["next"];

/** Theirs may have come and still not count: expired, withdrawn, or from an unknown issuer. */
export function stateWording({
  state,
  evidence,
  attention,
}: Pick<ContactView, "state" | "evidence" | "attention">): Wording {
  // A signature that nobody vouches for is no evidence, but a certificate came with it.
  const came = evidence.received !== null || attention.includes("untrusted");
  switch (state) {
    case "setup":
      return ["state_setup"];
    case "none":
      return [came ? "state_none_unusable" : "state_none"];
    case "sent":
      return [came ? "state_sent_unusable" : "state_sent"];
    case "received":
      return ["state_received"];
    case "complete":
      return ["state_complete"];
  }
}

const attentions: Record<Attention, string> = {
  untrusted: "attention_untrusted",
  changed: "attention_changed",
  expiring: "attention_expiring",
  expired: "attention_expired",
  revoked: "attention_revoked",
  renewed: "attention_renewed",
  silent: "attention_silent",
};

/** @param date writes an ISO 8601 date in the user's language */
export function attentionWordings(
  { attention, ends }: Pick<ContactView, "attention" | "ends">,
  date: (iso: string) => string,
): Wording[] {
  return attention.map((flag): Wording => {
    if (ends === null || (flag !== "expiring" && flag !== "expired")) return [attentions[flag]];
    return [endings[flag][ends.whose], date(ends.at)];
  });
}

const endings = {
  expiring: { mine: "attention_expiring_mine", theirs: "attention_expiring_theirs" },
  expired: { mine: "attention_expired_mine", theirs: "attention_expired_theirs" },
} as const;

/**
 * What has happened, oldest step first.
 * @param date writes an ISO 8601 date in the user's language
 */
export function evidenceWordings(
  { sent, received, encrypted }: ContactView["evidence"],
  date: (iso: string) => string,
): Wording[] {
  const wordings: Wording[] = [];
  if (sent !== null) wordings.push(["evidence_sent", date(sent)]);
  if (received !== null) wordings.push(["evidence_received", date(received)]);
  if (encrypted !== null) wordings.push(["evidence_encrypted", date(encrypted)]);
  return wordings;
}

/**
 * Where the exchange stands as a story: what has happened, in its order, and what that means.
 * @param date writes an ISO 8601 date in the user's language
 */
export function storyWordings(
  { state, evidence, attention }: Pick<ContactView, "state" | "evidence" | "attention">,
  date: (iso: string) => string,
): Wording[] {
  const { sent, received, replied, encrypted } = evidence;
  const answered = replied !== null && (received === null || replied >= received);
  const events: (readonly [key: string, at: string | null])[] = [
    ["story_sent", sent],
    ["story_received", answered ? null : received],
    ["story_replied", answered ? replied : null],
    ["story_encrypted", encrypted],
  ];
  const story = events
    .flatMap(([key, at]) => (at === null ? [] : [{ key, at }]))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ key, at }): Wording => [key, date(at)]);
  const wording = stateWording({ state, evidence, attention });
  switch (wording[0]) {
    case "state_sent_unusable":
      return [...story, ["state_none_unusable"]];
    case "state_sent":
      return [...story, ["story_waiting"]];
    default:
      return [...story, wording];
  }
}

export type StepMark = "done" | "current" | "later";

/** The exchange as a picture: set-up, exchange, encryption. */
export interface StepsPicture {
  readonly marks: readonly [setup: StepMark, exchange: StepMark, encryption: StepMark];
  /** Which half of a started exchange is there. */
  readonly half: "sent" | "received" | null;
}

export function stepsOf(state: State): StepsPicture {
  switch (state) {
    case "setup":
      return { marks: ["current", "later", "later"], half: null };
    case "none":
      return { marks: ["done", "current", "later"], half: null };
    case "sent":
    case "received":
      return { marks: ["done", "current", "later"], half: state };
    case "complete":
      return { marks: ["done", "done", "done"], half: null };
  }
}

/** What the button of a contact does. Subject and body are keys; null for an empty draft. */
export type NextStep =
  | { readonly kind: "options"; readonly label: string; readonly section: "certificates" }
  /** Shows the certificates that the user has to decide about. */
  | { readonly kind: "decide"; readonly label: string }
  | {
      readonly kind: "compose";
      readonly label: string;
      readonly subject: string | null;
      readonly body: string | null;
      readonly protection: "signed" | "encrypted";
      /** Nothing needs doing now: the button is there, but does not call for attention. */
      readonly quiet: boolean;
    };

export function nextStep({ next, attention }: Pick<ContactView, "next" | "attention">): NextStep {
  const renewed = attention.includes("renewed");
  switch (next) {
    case "import-certificate":
      return { kind: "options", label: "do_import", section: "certificates" };
    case "renew-certificate":
      return { kind: "options", label: "do_renew", section: "certificates" };
    case "trust-certificate":
      return { kind: "decide", label: "do_trust" };
    case "confirm-changed-key":
      return { kind: "decide", label: "do_compare" };
    case "send-hello":
      return renewed ? announcement : compose("do_hello", "hello_subject", "hello_body");
    case "wait":
      return { ...compose("do_remind", "remind_subject", "remind_body"), quiet: true };
    case "remind":
      return compose("do_remind", "remind_subject", "remind_body");
    case "answer-signed":
      return renewed ? announcement : compose("do_answer", "answer_subject", "answer_body");
    case "ask-for-new-certificate":
      return compose("do_ask_new", "ask_new_subject", "ask_new_body");
    case "write-encrypted":
      return { ...compose("do_write", null, null), protection: "encrypted", quiet: true };
  }
}

type Compose = Extract<NextStep, { kind: "compose" }>;

function compose(label: string, subject: string | null, body: string | null): Compose {
  return { kind: "compose", label, subject, body, protection: "signed", quiet: false };
}

const announcement = compose("do_announce", "announce_subject", "announce_body");

/** Beside the certificates that are to be compared. */
export const askWhetherChanged = compose(
  "do_ask_changed",
  "ask_changed_subject",
  "ask_changed_body",
);

const explanations: Record<Next, string | null> = {
  "import-certificate": "next_import",
  "send-hello": "next_hello",
  wait: "next_wait",
  remind: "next_remind",
  "answer-signed": "next_answer",
  "trust-certificate": "next_trust",
  "confirm-changed-key": "next_changed",
  "renew-certificate": "next_renew",
  "ask-for-new-certificate": "next_ask_new",
  "write-encrypted": null,
};

/** Why the next step is the next; null where the state says it all. */
export function nextWording(next: Next): Wording | null {
  const key = explanations[next];
  return key === null ? null : [key];
}
