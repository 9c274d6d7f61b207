import { OBSCURED_SUBJECT } from "../../core/smime/header-confidentiality.ts";
import { api } from "../api.ts";
import { messageInFront } from "./in-front.ts";

/**
 * Of an encrypted draft Thunderbird reads only the header, and then its API does not tell which one
 * the window was opened from. It is the selected one, if only one can be meant.
 */
export async function openedFrom(tabId: number): Promise<number | "unknown" | null> {
  const { relatedMessageId, subject, type } = await api.compose.getComposeDetails(tabId);
  if (relatedMessageId !== undefined) return relatedMessageId;
  if (subject !== OBSCURED_SUBJECT || (type !== "draft" && type !== "new")) return null;
  const [id, ...others] = await obscuredInFront();
  return id === undefined || others.length > 0 ? "unknown" : id;
}

/** The messages without a subject that are selected in any tab, or shown in one. */
async function obscuredInFront(): Promise<number[]> {
  const messages = await Promise.all((await api.tabs.query({})).map(messageInFront));
  const obscured = messages.flatMap((message) =>
    message?.subject === OBSCURED_SUBJECT ? [message.id] : [],
  );
  return [...new Set(obscured)];
}
