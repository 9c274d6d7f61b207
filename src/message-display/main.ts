import { ask, firstView } from "./first-view.ts";
import { errorCode, type ErrorCode } from "../core/errors.ts";
import type { DisplayView } from "../core/protocol.ts";
import { api } from "../thunderbird/api.ts";
import { banner, failureBanner, lockedBanner, needsBanner } from "./banner.ts";
import { decryptedBody } from "./decrypted-body.ts";
import css from "./styles.css";

/**
 * Runs in every displayed message. Asks the background what to show, and draws it into a shadow
 * root: the message's own styles and the add-on's do not reach each other.
 */

let host: HTMLElement | null = null;
/** The message that this document is of, once the background has said it. */
let message: number | null = null;
let isBodyShown = false;
let latest = 0;

function draw(...content: readonly HTMLElement[]): void {
  host?.remove();
  host = null;
  isBodyShown = false;
  if (content.length === 0) return;
  host = document.createElement("smime-exchange");
  const root = host.attachShadow({ mode: "closed" });
  const style = document.createElement("style");
  style.textContent = css;
  root.append(style, ...content);
  document.body.prepend(host);
}

function drawView(view: DisplayView): void {
  const { status, body } = view;
  if (body === null || (!view.decrypted && isShownAlready())) {
    draw(...(needsBanner(view) ? [banner(status, { unlock: () => void unlock(false) })] : []));
    return;
  }
  const id = view.message;
  draw(
    banner(status, { unlock: () => void unlock(false) }),
    decryptedBody(body, isAuthenticated(view), {
      save: (index) => ask("display.saveAttachment", { message: id, index }),
      open: (index) => ask("display.openAttachment", { message: id, index }),
    }),
  );
  isBodyShown = true;
  // What Thunderbird made of it is not what the sender wrote.
  for (const child of document.body.children) {
    if (child !== host) (child as HTMLElement).hidden = true;
  }
}

/** Whether Thunderbird made anything of the message. */
function isShownAlready(): boolean {
  return document.body.innerText.trim() !== "" || document.body.querySelector("img") !== null;
}

function isAuthenticated({ status }: DisplayView): boolean {
  return status.encryption.authenticated || status.signature.verdict === "valid";
}

/**
 * Draws the answer to the last question, or why there is none. An answer that comes late, or is
 * about another message than this document, is not drawn.
 */
async function show(question: () => Promise<DisplayView | null>): Promise<DisplayView | null> {
  const number = ++latest;
  try {
    const view = await question();
    if (number !== latest || view === null) return null;
    message ??= view.message;
    if (view.message !== message) return null;
    drawView(view);
    return view;
  } catch (error) {
    if (number === latest) drawFailure(errorCode(error));
    return null;
  }
}

function drawFailure(code: ErrorCode): void {
  draw(failureBanner(code, { retry: () => void refreshAndUnlock() }));
}

const askAgain = () => ask("display.view", { message });

/** `automatic`: reading asks by itself, but not again once the user has said no. */
async function unlock(automatic: boolean): Promise<void> {
  const id = message;
  if (id !== null) await show(() => ask("display.unlock", { message: id, automatic }));
}

async function refreshAndUnlock(question = askAgain): Promise<void> {
  const view = await show(question);
  if (view?.status.encryption.verdict === "locked") await unlock(true);
}

/** First takes the text off the screen, and only then asks what may be shown instead. */
function lock(): void {
  latest++;
  if (isBodyShown) draw(lockedBanner({ unlock: () => void unlock(false) }));
  void show(askAgain);
}

// The background says when the same message may read differently.
api.runtime.onMessage.addListener((request: unknown) => {
  if (request === "display.changed") void refreshAndUnlock();
  if (request === "display.locked") lock();
});

void refreshAndUnlock(() => firstView);
