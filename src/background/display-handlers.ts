import { SmimeError } from "../core/errors.ts";
import type { DisplayProtocol } from "../core/protocol.ts";
import type { AttachedFile } from "../thunderbird/attachments.ts";
import { displayedMessage, type MessageHeader } from "../thunderbird/messages.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import type { Services } from "./services.ts";

interface AttachmentEffects {
  readonly saveAttachment: (file: AttachedFile) => Promise<unknown>;
  readonly openAttachment: (file: AttachedFile) => Promise<void>;
}

/**
 * What the script in a message may ask. It names no message: the one that its own tab shows is
 * meant, so that nothing can ask for another.
 */
export function displayHandlers(
  { display, unlocking }: Services,
  { saveAttachment, openAttachment }: AttachmentEffects,
): Handlers<DisplayProtocol> {
  /** The user closed the window that reading opened by itself: from then on only a click asks. */
  let declined = false;

  return {
    "display.view": async (_request, sender) => display.view(await messageOf(sender)),
    "display.unlock": async ({ automatic }, sender) => {
      if (automatic && declined) return null;
      declined = !(await unlocking.ensure("read"));
      return declined ? null : display.view(await messageOf(sender));
    },
    "display.saveAttachment": async ({ index }, sender) => {
      await saveAttachment(await display.attachment(await messageOf(sender), index));
      return null;
    },
    "display.openAttachment": async ({ index }, sender) => {
      await openAttachment(await display.attachment(await messageOf(sender), index));
      return null;
    },
  };
}

async function messageOf(sender: messenger.runtime.MessageSender): Promise<MessageHeader> {
  const message = sender.tab?.id === undefined ? null : await displayedMessage(sender.tab.id);
  if (message === null) throw new SmimeError("not-found");
  return message;
}
