import { SmimeError } from "../core/errors.ts";
import type { MessagePanel, PageProtocol } from "../core/protocol.ts";
import { displayedMessage, type MessageHeader } from "../thunderbird/messages.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { harvest, isKept } from "./harvest.ts";
import { messageDetails } from "./message-details.ts";
import type { Services } from "./services.ts";

type MessageRequests = Extract<keyof PageProtocol, `message.${string}`>;

/** What the panel of a message may ask about the one that its tab shows. */
export function messageHandlers({
  storage,
  directory,
  display,
  reader,
}: Services): Pick<Handlers<PageProtocol>, MessageRequests> {
  return {
    "message.describe": async ({ tabId }) => panel(await messageIn(tabId)),
    "message.refresh": async ({ tabId }) => {
      const message = await messageIn(tabId);
      await display.refresh(tabId, message);
      return panel(message);
    },
    "message.keepCertificate": async ({ tabId }) => {
      const message = await messageIn(tabId);
      const reading = await reader.read(message);
      if (reading.kind !== "opened") throw new SmimeError("not-found");
      await harvest({ ...reading, header: message }, storage);
      return panel(message);
    },
  };

  async function panel(message: MessageHeader): Promise<MessagePanel> {
    const status = await display.status(message);
    const reading = await reader.read(message);
    if (reading.kind !== "opened") return { status, details: null };
    const kept = await isKept({ ...reading, header: message }, storage.certificates);
    const known = await directory.intermediates();
    return { status, details: messageDetails(reading.opened, known, kept) };
  }
}

async function messageIn(tabId: number): Promise<MessageHeader> {
  const message = await displayedMessage(tabId);
  if (message === null) throw new SmimeError("not-found");
  return message;
}
