import { api } from "../api.ts";
import type { MessageHeader } from "../messages.ts";
import { tabMemory } from "../tab-memory.ts";
import { deletePermanently } from "./delete-permanently.ts";

/** Thunderbird's ids of the drafts that it saved of the message in a tab, by hand or by itself. */
const saved = tabMemory<readonly number[]>("drafts");

/** Register at the top level. */
export function watchSavedDrafts(): void {
  api.compose.onAfterSave.addListener(({ id: tabId }, { mode, messages }) => {
    if (tabId !== undefined && mode !== "template") void remember(tabId, messages);
  });
}

/** Another draft that has served when the message is sent. */
export async function rememberDraft(tabId: number, id: number): Promise<void> {
  await remember(tabId, [{ id }]);
}

async function remember(
  tabId: number,
  drafts: readonly Pick<MessageHeader, "id">[],
): Promise<void> {
  const known = (await saved.get(tabId)) ?? [];
  await saved.set(tabId, [...known, ...drafts.map(({ id }) => id)]);
}

/**
 * Deletes them, and the draft that the window was opened with: they hold the text unprotected, and
 * Thunderbird removes them itself when it sends a message. The window may be closed already.
 */
export async function removeDrafts(tabId: number): Promise<void> {
  const window = await api.compose.getComposeDetails(tabId).catch(() => null);
  const opened = window?.type === "draft" ? [window.relatedMessageId ?? []].flat() : [];
  for (const id of new Set([...opened, ...((await saved.take(tabId)) ?? [])])) {
    // One that a later one has replaced is gone already.
    await deletePermanently(id).catch(() => {});
  }
}
