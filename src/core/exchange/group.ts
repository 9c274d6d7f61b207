import type { NextAction } from "./state.ts";

/**
 * By what needs doing, most urgent first. Those with whom nothing has begun are last: an address
 * book has many of them.
 */
export const groups = ["attend", "act", "wait", "ready", "start"] as const;

export type Group = (typeof groups)[number];

export function groupOf(next: NextAction): Group {
  switch (next) {
    case "import-certificate":
    case "renew-certificate":
    case "trust-certificate":
    case "confirm-changed-key":
    case "ask-for-new-certificate":
      return "attend";
    case "answer-signed":
    case "remind":
      return "act";
    case "wait":
      return "wait";
    case "write-encrypted":
      return "ready";
    case "send-hello":
      return "start";
  }
}
