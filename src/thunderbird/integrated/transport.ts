import { onSent } from "../drafts.ts";
import type { Transport } from "../transport.ts";
import { bridge } from "./bridge.ts";

/** Thunderbird builds the message and sends it; the bridge exchanges its octets in between. */
export const transport: Transport = {
  serve(sending) {
    bridge.onBuild.addListener(sending.onBuild);
    bridge.onBuilt.addListener(sending.onBuilt);
    bridge.onLeft.addListener(sending.onLeft);
    onSent(sending.onSent);
  },
  openedFrom: (tabId) => bridge.openedFrom(tabId),
  sealsDrafts: true,
  windowForDraft: (tabId) => Promise.resolve(tabId),
};
