import type { SettingsStore } from "../core/ports.ts";
import { plainCopy } from "../core/smime/plain-copy.ts";
import type { OpenedMessage } from "../core/smime/verdict.ts";
import { keepLocally } from "../thunderbird/local-copies.ts";
import type { MessageView } from "../thunderbird/message-view.ts";
import type { MessageHeader } from "../thunderbird/messages.ts";

/** What the user has not sent or wants to be rid of. */
const NOT_FROM: readonly string[] = ["drafts", "templates", "outbox", "trash", "junk"];

/**
 * For those who want Thunderbird's search to find what was encrypted: each message that is read is
 * kept without its encryption in a local folder. Off unless the user turns it on.
 */
export function localCopies(settings: SettingsStore, view: Pick<MessageView, "origin">) {
  // One after the other: the same message may be read in two places at once.
  let last: Promise<void> = Promise.resolve();
  return async ({
    header,
    raw,
    opened,
  }: {
    readonly header: MessageHeader;
    readonly raw: Uint8Array;
    readonly opened: OpenedMessage | null;
  }): Promise<void> => {
    const { content, encryption } = opened ?? {};
    if (content === undefined || content === null || encryption?.verdict !== "decrypted") return;
    if (!(await settings.get()).localCopies) return;
    // The file that it may be shown from is in no folder; one that the user opened stays a file.
    const uses = (await view.origin(header)).folder?.specialUse;
    if (uses === undefined || uses.some((use) => NOT_FROM.includes(use))) return;
    const copy = last.then(() => keepLocally(plainCopy(raw, content), header.headerMessageId));
    last = copy.catch(() => {});
    await copy;
  };
}
