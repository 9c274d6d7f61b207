import { draftKind, holdsText } from "../thunderbird/drafts.ts";
import { messageHeader } from "../thunderbird/messages.ts";
import { tabMemory } from "../thunderbird/tab-memory.ts";
import type { Transport } from "../thunderbird/transport.ts";
import type { Reader } from "./reading.ts";

/** What a compose window was opened from. */
export interface DraftOrigin {
  /** The message that is answered, forwarded or edited; null for a new one, or if unknown. */
  readonly messageId: number | null;
  /** That message was encrypted; of a draft: the one that it answers. */
  readonly encrypted: boolean;
  /**
   * Of an encrypted draft or template that Thunderbird itself could not read: "closed" until its
   * text is in the window, "failed" if that cannot be done. Neither is sent or saved: the window is
   * empty, and the draft would be lost.
   */
  readonly sealed: "no" | "closed" | "failed" | "open";
}

export interface DraftOrigins {
  /**
   * Decided when the window is first looked at, and kept for as long as it is open: the message may
   * be moved or deleted meanwhile, and the draft saved under another id.
   */
  of(tabId: number): Promise<DraftOrigin>;
  set(tabId: number, origin: DraftOrigin): Promise<void>;
}

export function draftOrigins(reader: Reader, transport: Transport): DraftOrigins {
  const memory = tabMemory<DraftOrigin>("origin");
  const deciding = new Map<number, Promise<DraftOrigin>>();

  async function decide(tabId: number): Promise<DraftOrigin> {
    const from = await transport.openedFrom(tabId);
    const messageId = from === "unknown" ? null : from;
    const encrypted =
      from === "unknown" || (messageId !== null && (await isEncrypted(reader, messageId)));
    const edited = ["draft", "new"].includes(await draftKind(tabId));
    const closed = encrypted && edited && !(await holdsText(tabId));
    return { messageId, encrypted, sealed: closed ? "closed" : "no" };
  }

  return {
    async of(tabId) {
      const known = await memory.get(tabId);
      if (known !== null) return known;
      const decision =
        deciding.get(tabId) ??
        decide(tabId)
          .then(async (origin) => {
            await memory.set(tabId, origin);
            return origin;
          })
          .finally(() => deciding.delete(tabId));
      deciding.set(tabId, decision);
      return decision;
    },
    set: (tabId, origin) => memory.set(tabId, origin),
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
