import { api } from "../api.ts";
import type { ComposeDetails } from "../drafts.ts";

/** What changes when Thunderbird saves a draft. */
const VOLATILE = new Set(["isModified", "type", "relatedMessageId"]);

/**
 * A digest of everything in a compose window that would be in the message: equal for as long as the
 * author has changed nothing.
 */
export async function composedState(tabId: number, details: ComposeDetails): Promise<string> {
  const attachments = (await api.compose.listAttachments(tabId)).map(({ id, name, size }) => [
    id,
    name,
    size,
  ]);
  const written = Object.entries(details).filter(([name]) => !VOLATILE.has(name));
  const bytes = new TextEncoder().encode(JSON.stringify([written, attachments]));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).join();
}
