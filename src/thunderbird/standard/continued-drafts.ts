import { api } from "../api.ts";
import { closeDraft } from "../drafts.ts";
import { prompt } from "../prompts.ts";
import { tabMemory } from "../tab-memory.ts";
import { rememberDraft } from "./saved-drafts.ts";

/** The sealed draft that a window goes on with, under Thunderbird's id. */
const continued = tabMemory<number>("continued");

export async function continuedDraft(tabId: number): Promise<number | null> {
  return continued.get(tabId);
}

/**
 * Thunderbird would save the window that it has opened for a sealed draft over the draft, and in
 * clear. So that one is closed at once; if the user wants to go on without encryption, a new window
 * takes its place, and the sealed draft stays until the message is sent.
 * @returns the new window's tab, empty but for the header; null if the user does not want it
 */
export async function continueSealedDraft(
  tabId: number,
  messageId: number | null,
): Promise<number | null> {
  const { type, ...details } = await api.compose.getComposeDetails(tabId);
  await closeDraft(tabId);
  const answer = await prompt({ kind: "sealed-draft", known: messageId !== null });
  if (answer !== "done" || messageId === null) return null;
  const { identityId, to, cc, bcc, replyTo, priority, returnReceipt, isPlainText } = details;
  const { id } = await api.compose.beginNew({
    ...{ identityId, to, cc, bcc, replyTo, priority, returnReceipt, isPlainText },
    ...(isPlainText === true ? { plainTextBody: "" } : { body: "" }),
  });
  if (id === undefined) return null;
  await continued.set(id, messageId);
  // Templates are there to be used again.
  if (type === "draft") await rememberDraft(id, messageId);
  return id;
}
