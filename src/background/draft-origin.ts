import { messageHeader } from "../thunderbird/messages.ts";
import { tabMemory } from "../thunderbird/tab-memory.ts";
import type { Reader } from "./reading.ts";

/** What a compose window was opened from. */
export interface DraftOrigin {
  /** The message that is answered or forwarded was encrypted. */
  readonly encrypted: boolean;
}

export interface DraftOrigins {
  /**
   * Decided when the window is first looked at, and kept for as long as it is open: the message may
   * be moved or deleted meanwhile, and the draft saved under another id.
   */
  of(tabId: number, draft: { readonly relatedMessageId: number | null }): Promise<DraftOrigin>;
}

export function draftOrigins(reader: Reader): DraftOrigins {
  const memory = tabMemory<DraftOrigin>("origin");
  return {
    async of(tabId, { relatedMessageId }) {
      const known = await memory.get(tabId);
      if (known !== null) return known;
      const origin = {
        encrypted: relatedMessageId !== null && (await isEncrypted(reader, relatedMessageId)),
      };
      await memory.set(tabId, origin);
      return origin;
    },
  };
}

/** At any depth, also where it cannot be decrypted. What cannot be read counts as encrypted. */
async function isEncrypted(reader: Reader, messageId: number): Promise<boolean> {
  try {
    const reading = await reader.read(await messageHeader(messageId));
    switch (reading.kind) {
      case "plain":
        return false;
      case "locked":
        return true;
      case "opened":
        return reading.opened.layers.some(({ kind }) => kind === "encrypted");
    }
  } catch {
    return true;
  }
}
