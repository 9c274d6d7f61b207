import type { PromptAnswer, PromptView } from "../core/protocol.ts";
import { api } from "./api.ts";

/**
 * Questions in a window of the add-on's own. A prompt lives as long as its window: closing the
 * window by any means dismisses it.
 */
interface OpenPrompt {
  readonly view: PromptView;
  /** null until its page has told. */
  windowId: number | null;
  readonly settle: (answer: PromptAnswer) => void;
}

const open = new Map<string, OpenPrompt>();

/** Register at the top level. */
export function watchPrompts(): void {
  api.windows.onRemoved.addListener((windowId) => {
    for (const [id, { windowId: own }] of open) {
      if (own === windowId) answerPrompt(id, "dismissed");
    }
  });
}

/**
 * Asks and waits for the answer. Not for the window: Thunderbird tells of one only when it has had
 * the focus, which a window manager may not give it before it is gone again.
 */
export function prompt(view: PromptView): Promise<PromptAnswer> {
  const id = crypto.randomUUID();
  const answer = new Promise<PromptAnswer>((settle) => {
    open.set(id, { view, windowId: null, settle });
  });
  const opened = api.windows.create({
    type: "popup",
    url: api.runtime.getURL(`pages/prompt/index.html?id=${id}`),
    width: 520,
    height: 420,
    allowScriptsToClose: true,
  });
  return Promise.race([answer, opened.then(() => answer)]);
}

/** A question of this kind that is open already and may be hidden by other windows. Waits for its focus. */
export async function bringToFront(kind: PromptView["kind"]): Promise<void> {
  for (const { view, windowId } of open.values()) {
    if (view.kind !== kind || windowId === null) continue;
    // It may be closing.
    await api.windows.update(windowId, { focused: true, drawAttention: true }).catch(() => {});
  }
}

/**
 * What its page shows. null when the prompt is gone, as after a restart of the background.
 * @param windowId the window that the page is in
 */
export function promptView(id: string, windowId: number | null): PromptView | null {
  const entry = open.get(id);
  if (entry === undefined) return null;
  entry.windowId = windowId;
  return entry.view;
}

export function answerPrompt(id: string, answer: PromptAnswer): void {
  const entry = open.get(id);
  open.delete(id);
  entry?.settle(answer);
}
