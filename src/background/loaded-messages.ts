/**
 * Which message the document in a tab is of. Thunderbird names the selected message at once, while
 * the document of the one before stays until the new one has come: a script in it would be given
 * another message's text.
 */
export interface LoadedMessages {
  /** Thunderbird says that the tab's document is this message's now. */
  loaded(tabId: number, messageId: number): void;
  /** Whether it is, as far as Thunderbird has said. */
  isLoaded(tabId: number, messageId: number): boolean;
  /** True once the tab's document is this message's; false if that is not said in time. */
  until(tabId: number, messageId: number): Promise<boolean>;
}

/** A slow server may take long to send a message that Thunderbird has named already. */
const PATIENCE_MS = 20_000;

export function loadedMessages(patienceMs = PATIENCE_MS): LoadedMessages {
  const documents = new Map<number, number>();
  const waiting = new Set<{
    readonly tabId: number;
    readonly messageId: number;
    readonly settle: (loaded: boolean) => void;
  }>();

  const isLoaded = (tabId: number, messageId: number) => documents.get(tabId) === messageId;

  return {
    isLoaded,
    loaded(tabId, messageId) {
      documents.set(tabId, messageId);
      for (const each of waiting) {
        if (each.tabId === tabId && each.messageId === messageId) each.settle(true);
      }
    },
    until(tabId, messageId) {
      if (isLoaded(tabId, messageId)) return Promise.resolve(true);
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          entry.settle(false);
        }, patienceMs);
        const entry = {
          tabId,
          messageId,
          settle(loaded: boolean) {
            clearTimeout(timer);
            waiting.delete(entry);
            resolve(loaded);
          },
        };
        waiting.add(entry);
      });
    },
  };
}
