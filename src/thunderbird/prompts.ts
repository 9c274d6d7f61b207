import type { PromptAnswer, PromptView } from "../core/protocol.ts";
import { api } from "./api.ts";

/**
 * Questions in a window of the add-on's own. A prompt lives as long as its window: closing the
 * window by any means dismisses it.
 */
interface OpenPrompt {
  readonly view: PromptView;
  /** null until Thunderbird has opened the window. */
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

/** Asks and waits for the answer. */
export async function prompt(view: PromptView): Promise<PromptAnswer> {
  const id = crypto.randomUUID();
  const answer = new Promise<PromptAnswer>((settle) => {
    open.set(id, { view, windowId: null, settle });
  });
  const { id: windowId } = await api.windows.create({
    type: "popup",
    url: api.runtime.getURL(`pages/prompt/index.html?id=${id}`),
    width: 520,
    height: 420,
    allowScriptsToClose: true,
  });
  const entry = open.get(id);
  if (entry !== undefined) entry.windowId = windowId ?? null;
  return answer;
}

/** A question of this kind that is open already and may be hidden by other windows. */
export async function bringToFront(kind: PromptView["kind"]): Promise<void> {
  for (const { view, windowId } of open.values()) {
    if (view.kind !== kind || windowId === null) continue;
    // It may be closing.
    await api.windows.update(windowId, { focused: true, drawAttention: true }).catch(() => {});
  }
}

/** null when the prompt is gone, as after a restart of the background. */
export function promptView(id: string): PromptView | null {
  return open.get(id)?.view ?? null;
}

export function answerPrompt(id: string, answer: PromptAnswer): void {
  const entry = open.get(id);
  open.delete(id);
  entry?.settle(answer);
}
