import { octetsOf } from "../core/octets.ts";
import { api } from "./api.ts";

export type MessageHeader = messenger.messages.MessageHeader;

/** The types still say that displayed messages are an array, as they were in manifest version 2. */
export function single(displayed: unknown): MessageHeader | null {
  const { messages } = displayed as messenger.messages.MessageList;
  return messages.length === 1 ? (messages[0] ?? null) : null;
}

/** The one message that a tab shows, or null for none or several. */
export async function displayedMessage(tabId: number): Promise<MessageHeader | null> {
  return single(await api.messageDisplay.getDisplayedMessages(tabId));
}

/** Octets below which a message comes in half the time as text; more make a text too long. */
const SMALL = 1 << 20;

/** The exact bytes as they are stored, not decrypted by Thunderbird. */
export async function rawMessage({
  id,
  size = Infinity,
}: {
  readonly id: number;
  readonly size?: number;
}): Promise<Uint8Array> {
  // The types know neither `decrypt` nor that "File" answers a File.
  const getRaw = api.messages.getRaw as unknown as (
    id: number,
    options: { data_format: "File" | "BinaryString"; decrypt: false },
  ) => Promise<File | string>;
  const data_format = size < SMALL ? "BinaryString" : "File";
  const raw = await getRaw(id, { data_format, decrypt: false });
  return typeof raw === "string" ? octetsOf(raw) : new Uint8Array(await raw.arrayBuffer());
}

/**
 * Whether a folder for sent mail holds it.
 * @param headerMessageId without angle brackets
 * @param options.butFor ids of folders in which it may be without having been sent
 */
export async function isInSent(
  headerMessageId: string,
  { butFor = [] }: { readonly butFor?: readonly string[] } = {},
): Promise<boolean> {
  const found = (await api.messages.query({ headerMessageId })) as messenger.messages.MessageList;
  return found.messages.some(
    ({ folder }) =>
      ((folder?.specialUse ?? []) as readonly string[]).includes("sent") &&
      !butFor.includes(folder?.id ?? ""),
  );
}

/** @throws when the message is gone */
export async function messageHeader(messageId: number): Promise<MessageHeader> {
  return api.messages.get(messageId);
}

/** Calls back when a message has been selected or opened. Register at the top level. */
export function onMessageDisplayed(
  listener: (tabId: number, message: MessageHeader) => void,
): void {
  api.messageDisplay.onMessagesDisplayed.addListener((tab, displayed) => {
    const message = single(displayed);
    if (tab.id !== undefined && message !== null) listener(tab.id, message);
  });
}

/** Tabs that may be showing a message. */
export async function messageTabs(): Promise<number[]> {
  const tabs = await Promise.all(
    (["mail", "messageDisplay"] as const).map((type) => api.tabs.query({ type })),
  );
  return tabs.flat().flatMap(({ id }) => (id === undefined ? [] : [id]));
}

/**
 * Has the script in the tab's message, if there is one, ask for its view again: what is known has
 * changed, or the vault was locked, and then it does not ask for the passphrase by itself.
 */
export async function redraw(tabId: number, why: "changed" | "locked"): Promise<void> {
  try {
    await api.tabs.sendMessage(tabId, `display.${why}`);
  } catch {
    // A tab without a message has nobody to listen.
  }
}
