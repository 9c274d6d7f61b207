import { SmimeError } from "../core/errors.ts";
import type { DisplayProtocol, DisplayView } from "../core/protocol.ts";
import type { AttachedFile } from "../thunderbird/attachments.ts";
import { displayedMessage, type MessageHeader } from "../thunderbird/messages.ts";
import { sessionFlag } from "../thunderbird/tab-memory.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import type { Services } from "./services.ts";

type Sender = messenger.runtime.MessageSender;

interface AttachmentEffects {
  readonly saveAttachment: (file: AttachedFile) => Promise<unknown>;
  readonly openAttachment: (file: AttachedFile) => Promise<void>;
}

/**
 * What the script in a message may ask. The message that its own tab shows is meant, so that nothing
 * can ask for another.
 */
export function displayHandlers(
  { display, unlocking, documents }: Services,
  { saveAttachment, openAttachment }: AttachmentEffects,
): Handlers<DisplayProtocol> {
  /** The user closed the window that reading opened by itself: from then on only a click asks. */
  const declined = sessionFlag("unlockDeclined");

  return {
    "display.view": ({ message }, sender) => view(sender, message),
    "display.unlock": async ({ message, automatic }, sender) => {
      if (automatic && (await declined.get())) return null;
      const open = await unlocking.ensure("read");
      await declined.set(!open);
      return open ? view(sender, message) : null;
    },
    "display.saveAttachment": async ({ message, index }, sender) => {
      await saveAttachment(await display.attachment(await messageOf(sender, message), index));
      return null;
    },
    "display.openAttachment": async ({ message, index }, sender) => {
      await openAttachment(await display.attachment(await messageOf(sender, message), index));
      return null;
    },
  };

  async function view(sender: Sender, asked: number | null): Promise<DisplayView> {
    const message = await messageOf(sender, asked);
    const found = await display.view(message);
    // Reading takes a while, and another message may be on the screen by now.
    if (sender.tab?.id === undefined || !documents.isLoaded(sender.tab.id, message.id)) {
      await messageOf(sender, message.id);
    }
    return found;
  }

  async function messageOf(sender: Sender, asked: number | null): Promise<MessageHeader> {
    const tabId = sender.tab?.id;
    const message = tabId === undefined ? null : await displayedMessage(tabId);
    if (tabId === undefined || message === null) throw new SmimeError("not-found");
    const isOfDocument =
      asked === null ? await documents.until(tabId, message.id) : asked === message.id;
    if (!isOfDocument) throw new SmimeError("not-found");
    return message;
  }
}
