import type { MessageHeader } from "./messages.ts";

export interface MessageViewListener {
  /** A message is on the screen, in reach of its button and of the script in it. */
  readonly shown: (tabId: number, message: MessageHeader) => void;
}

/**
 * Brings messages to where the add-on can show what is in them. Each build has its own,
 * `#message-view`; nothing else in the code knows how a decrypted message gets on the screen.
 */
export interface MessageView {
  /** Call at the top level. */
  watch(listener: MessageViewListener): void;
}
