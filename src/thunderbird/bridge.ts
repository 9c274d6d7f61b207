import { api } from "./api.ts";
import type { DraftDetails } from "./drafts.ts";

/** A message of a compose window on its way out, with the recipients that it is really sent to. */
export type Outgoing = Omit<DraftDetails, "relatedMessageId"> & { readonly tabId: number };

/** Thunderbird shows the reason of a refusal; it may have several lines. */
export type BuildAnswer =
  { readonly action: "leave" | "protect" } | { readonly action: "refuse"; readonly reason: string };

export type BuiltAnswer = { readonly message: ArrayBuffer } | { readonly reason: string };

/** The Experiment in `experiment/`: its schema says the same to Thunderbird. */
interface Bridge {
  readonly onBuild: {
    addListener(listener: (outgoing: Outgoing) => Promise<BuildAnswer>): void;
  };
  readonly onBuilt: {
    addListener(listener: (outgoing: Outgoing, message: ArrayBuffer) => Promise<BuiltAnswer>): void;
  };
}

export const bridge = (api as unknown as { smimeBridge: Bridge }).smimeBridge;
