import { api } from "./api.ts";

/** A message of a compose window on its way out; address lists are header values. */
export interface Outgoing {
  readonly tabId: number;
  readonly identityId: string;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  readonly newsgroups: string;
}

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
