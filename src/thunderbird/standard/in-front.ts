import { api } from "../api.ts";
import { displayedMessage, single, type MessageHeader } from "../messages.ts";

/** The one message that is selected in a tab, or shown in it, also where an error page is instead. */
export async function messageInFront({
  id,
  type,
}: messenger.tabs.Tab): Promise<MessageHeader | null> {
  if (id === undefined) return null;
  if (type === "mail") return single(await api.mailTabs.getSelectedMessages(id));
  return type === "messageDisplay" ? displayedMessage(id) : null;
}
