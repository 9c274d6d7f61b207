import type { Signal } from "./signals.ts";

/** Where one identity and one contact stand (the table of states in docs). */
export type ExchangeState = "setup" | "none" | "sent" | "received" | "complete";

export type Attention =
  "untrusted" | "changed" | "expiring" | "expired" | "revoked" | "renewed" | "silent";

export type NextAction =
  | "import-certificate"
  | "send-hello"
  | "wait"
  | "remind"
  | "answer-signed"
  | "trust-certificate"
  | "confirm-changed-key"
  | "renew-certificate"
  | "ask-for-new-certificate"
  | "write-encrypted";

/** The signal that carries each step, for words such as "signed mail of 3 November". */
export interface Evidence {
  readonly sent: Signal | null;
  readonly received: Signal | null;
  readonly encrypted: Signal | null;
}

export interface Exchange {
  readonly state: ExchangeState;
  readonly attention: readonly Attention[];
  readonly next: NextAction;
  readonly evidence: Evidence;
}
