import type { MessageHeader } from "./messages.ts";

export interface MessageViewListener {
  /** A message is going to be on the screen in a moment: time to read it meanwhile. */
  readonly coming: (message: MessageHeader) => void;
  /** A message is on the screen, in reach of its button and of the script in it. */
  readonly shown: (tabId: number, message: MessageHeader) => void;
  /** Whether a message that cannot be shown in its place is to open as soon as it is selected. */
  readonly opensByItself: () => Promise<boolean>;
  readonly failed: (error: unknown) => void;
}

/**
 * Brings messages to where the add-on can show what is in them. Each build has its own,
 * `#message-view`; nothing else in the code knows how a decrypted message gets on the screen.
 */
export interface MessageView {
  /** Whether there are messages that it can only show elsewhere than in their place. */
  readonly opensElsewhere: boolean;
  /**
   * The message in a folder that this one is shown in place of: itself, unless it was opened elsewhere.
   * @throws when that one is gone
   */
  origin(message: MessageHeader): Promise<MessageHeader>;
  /** Call at the top level. */
  watch(listener: MessageViewListener): void;
}
