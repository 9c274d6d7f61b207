import { mayBeTakenForEnveloped, relabelled } from "../../core/smime/relabel.ts";
import { api } from "../api.ts";
import { text } from "../i18n.ts";
import {
  messageHeader,
  onMessageDisplayed,
  rawMessage,
  single,
  type MessageHeader,
} from "../messages.ts";
import type { MessageView, MessageViewListener } from "../message-view.ts";
import { tabMemory } from "../tab-memory.ts";
import { messageInFront } from "./in-front.ts";

/** The message that a click on the toolbar button would open, by the tab that has it selected. */
const offered = tabMemory<number>("offered");

/** What a tab was opened with here, and the tab that had it selected. */
const opened = tabMemory<{ readonly messageId: number; readonly from: number }>("opened");

/** A tab shows what it was opened with before it is known which one it is. */
let opening: Promise<void> = Promise.resolve();

/** The message that each tab has shown last, error pages not counted. */
const visible = new Map<number, number>();

/** Long enough for Thunderbird to show what its own keys decrypt. */
const PATIENCE_MS = 1500;

/**
 * Thunderbird replaces an encrypted message that it has no key for with an error page, which no
 * script reaches. Such a message is opened in a tab of its own: still encrypted, but with a label
 * that Thunderbird leaves alone. The script in that tab draws the text, as it does in every message;
 * the file that Thunderbird keeps until it exits holds nothing that was not encrypted before.
 *
 * One click on the toolbar button opens it. From then on the button shows the contacts, in both
 * tabs, until another message is selected or the new tab is closed.
 */
export const messageView: MessageView = {
  opensElsewhere: true,
  origin,
  watch(listener) {
    onMessageDisplayed((tabId, message) => {
      visible.set(tabId, message.id);
      void withdraw(tabId);
      listener.shown(tabId, message);
    });
    const look = (tabId: number, message: MessageHeader | null) => {
      lookAt(tabId, message, listener).catch(listener.failed);
    };
    api.mailTabs.onSelectedMessagesChanged.addListener(({ id }, selected) => {
      if (id !== undefined) look(id, single(selected));
    });
    api.tabs.onActivated.addListener(({ tabId }) => {
      openedAlone(tabId).then((message) => {
        if (message !== null) look(tabId, message);
      }, listener.failed);
    });
    api.tabs.onRemoved.addListener((tabId) => {
      offerAgain(tabId).catch(listener.failed);
    });
    api.action.onClicked.addListener(({ id }) => {
      if (id !== undefined) openOffered(id).catch(listener.failed);
    });
  },
};

async function lookAt(
  tabId: number,
  message: MessageHeader | null,
  { opensByItself }: MessageViewListener,
): Promise<void> {
  await withdraw(tabId);
  if (message === null || !mayBeTakenForEnveloped(await rawMessage(message))) return;
  await offer(tabId, message.id);
  // Thunderbird has a key for it after all, and was quicker.
  if (visible.get(tabId) === message.id) await withdraw(tabId);
  if (!(await opensByItself())) return;
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  if ((await offered.get(tabId)) === message.id) await openOffered(tabId);
}

/** The message of a tab or window that shows nothing else. */
async function openedAlone(tabId: number): Promise<MessageHeader | null> {
  const tab = await api.tabs.get(tabId);
  return tab.type === "messageDisplay" ? messageInFront(tab) : null;
}

/** The toolbar button stands for the first thing that is to be done. */
async function offer(tabId: number, messageId: number): Promise<void> {
  await offered.set(tabId, messageId);
  await Promise.all([
    api.action.setPopup({ tabId, popup: "" }),
    api.action.setTitle({ tabId, title: text("action_open_encrypted_title") }),
    api.action.setLabel({ tabId, label: text("action_open_encrypted") }),
    api.action.setIcon({ tabId, path: "/icons/encrypted.svg" }),
  ]);
}

async function withdraw(tabId: number): Promise<void> {
  if ((await offered.take(tabId)) === null) return;
  await Promise.all([
    api.action.setPopup({ tabId, popup: null }),
    api.action.setTitle({ tabId, title: null }),
    api.action.setLabel({ tabId, label: null }),
    api.action.setIcon({ tabId }),
  ]);
}

async function openOffered(tabId: number): Promise<void> {
  const messageId = await offered.get(tabId);
  if (messageId === null) return;
  await withdraw(tabId);
  try {
    const before = await tabWith(messageId);
    if (before === null) await (opening = openFrom(tabId, messageId));
    else await api.tabs.update(before, { active: true });
  } catch (error) {
    await offer(tabId, messageId);
    throw error;
  }
}

async function openFrom(tabId: number, messageId: number): Promise<void> {
  const file = new File(
    [Uint8Array.from(relabelled(await rawMessage({ id: messageId })))],
    "encrypted message.eml",
    { type: "message/rfc822" },
  );
  const tab = await api.messageDisplay.open({ file, location: "tab", active: true });
  if (tab.id !== undefined) await opened.set(tab.id, { messageId, from: tabId });
}

/** The tab in which a message has been opened before. */
async function tabWith(messageId: number): Promise<number | null> {
  for (const { id } of await api.tabs.query({ type: "messageDisplay" })) {
    if (id !== undefined && (await opened.get(id))?.messageId === messageId) return id;
  }
  return null;
}

async function origin(message: MessageHeader): Promise<MessageHeader> {
  if (message.folder !== undefined) return message;
  await opening.catch(() => {});
  for (const tab of await api.tabs.query({ type: "messageDisplay" })) {
    const before = tab.id === undefined ? null : await opened.get(tab.id);
    if (before === null || (await messageInFront(tab))?.id !== message.id) continue;
    return messageHeader(before.messageId);
  }
  return message;
}

/** When the tab of an opened message is closed, and that one is still selected. */
async function offerAgain(closed: number): Promise<void> {
  const before = await opened.take(closed);
  if (before === null) return;
  const { messageId, from } = before;
  // The tab that it came from may be gone as well.
  const tab = await api.tabs.get(from).catch(() => null);
  if (tab !== null && (await messageInFront(tab))?.id === messageId) await offer(from, messageId);
}
