import type { DraftDetails } from "./drafts.ts";

/** A message of a compose window on its way out, with the recipients that it is really sent to. */
export interface Outgoing extends DraftDetails {
  readonly tabId: number;
  /** "save": as a draft or a template. */
  readonly purpose: "send" | "save";
}

/**
 * `again`: the user has changed the recipients or the choice meanwhile, so that it is to be asked
 * anew. The user is shown the reason of a refusal; it may have several lines. `told`: the user knows
 * it, having been asked.
 */
export type BuildAnswer =
  | { readonly action: "leave" | "protect" | "again" }
  | { readonly action: "refuse"; readonly reason: string; readonly told?: true };

export type BuiltAnswer = { readonly message: ArrayBuffer } | { readonly reason: string };

/** What happens to a message between Send and the wire, or Save and the server. Nothing throws. */
export interface Sending {
  /** What is to become of the message as it stands, without asking the user anything. */
  readonly decide: (outgoing: Outgoing) => Promise<BuildAnswer>;
  /** Before the message is built: the same, and the user has been asked what there was to ask. */
  readonly onBuild: (outgoing: Outgoing) => Promise<BuildAnswer>;
  /** The complete RFC 5322 message that is to be protected; the answer is what to send. */
  readonly onBuilt: (outgoing: Outgoing, message: ArrayBuffer) => Promise<BuiltAnswer>;
  /** The message of that tab has left, or is waiting in the Outbox. */
  readonly onSent: (tabId: number, sent: Sent) => void;
  /** A message that was waiting in the Outbox is on its way. Message-ID without angle brackets. */
  readonly onLeft: (messageId: string) => void;
  /** What to tell the user about a failure of the transport's own. */
  readonly explain: (error: unknown) => string;
}

export interface Sent {
  readonly mode: "now" | "later";
  readonly messageId: string | null;
}

/**
 * Puts protected messages on the wire. Each build has its own, `#transport`; nothing else in the
 * code knows how a message gets there.
 */
export interface Transport {
  /** Call at the top level. */
  serve(sending: Sending): void;
  /**
   * Thunderbird's id of the message that a compose window answers, forwards or edits; null for a
   * new one. "unknown": an encrypted draft or template, but not which. @throws when the tab is no
   * compose tab (any more)
   */
  openedFrom(tabId: number): Promise<number | "unknown" | null>;
  /**
   * Whether saving passes through `Sending` too. Where it does not, Thunderbird saves drafts as they
   * are, and nothing that was encrypted may come into a compose window.
   */
  readonly sealsDrafts: boolean;
  /**
   * The window to put a sealed draft's text into, instead of the empty one that Thunderbird has
   * opened for it: the same, or a new one. null if the user does not want it opened here.
   * @param messageId null if unknown
   */
  windowForDraft(tabId: number, messageId: number | null): Promise<number | null>;
}
