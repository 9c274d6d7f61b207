import { api } from "../api.ts";
import type { BuildAnswer, BuiltAnswer, Outgoing } from "../transport.ts";

/** The Experiment in `../experiment/`: its schema says the same to Thunderbird. */
interface Bridge {
  read(messageId: number): Promise<ArrayBuffer | Blob | null>;
  readStart(messageId: number): Promise<ArrayBuffer | null>;
  openedFrom(tabId: number): Promise<number | null>;
  readonly onLeft: { addListener(listener: (messageId: string) => void): void };
  readonly onBuild: {
    addListener(listener: (outgoing: Outgoing) => Promise<BuildAnswer>): void;
  };
  readonly onBuilt: {
    addListener(listener: (outgoing: Outgoing, message: ArrayBuffer) => Promise<BuiltAnswer>): void;
  };
}

export const bridge = (api as unknown as { smimeBridge: Bridge }).smimeBridge;
