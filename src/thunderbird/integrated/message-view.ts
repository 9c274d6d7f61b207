import type { MessageView } from "../message-view.ts";
import { onMessageDisplayed } from "../messages.ts";

/** The bridge keeps Thunderbird from replacing what it cannot decrypt: every message is shown. */
export const messageView: MessageView = {
  opensElsewhere: false,
  watch({ shown }) {
    onMessageDisplayed(shown);
  },
};
