import { api } from "../api.ts";
import type { MessageView } from "../message-view.ts";
import { onMessageDisplayed, single } from "../messages.ts";

/** The bridge keeps Thunderbird from replacing what it cannot decrypt: every message is shown. */
export const messageView: MessageView = {
  opensElsewhere: false,
  origin: (message) => Promise.resolve(message),
  watch({ coming, shown, failed }) {
    onMessageDisplayed(shown);
    // While Thunderbird is busy with laying it out, it can be read already.
    api.mailTabs.onSelectedMessagesChanged.addListener(({ id }, selected) => {
      const message = single(selected);
      if (id === undefined || message === null) return;
      showsMessages(id).then((visible) => {
        if (visible) coming(message);
      }, failed);
    });
  },
};

/** Whether the message pane beside the list is open: without it nothing that is selected is read. */
async function showsMessages(tabId: number): Promise<boolean> {
  return (await api.mailTabs.get(tabId)).messagePaneVisible === true;
}
