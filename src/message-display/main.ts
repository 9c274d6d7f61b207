import type { DisplayProtocol, DisplayView } from "../core/protocol.ts";
import { api } from "../thunderbird/api.ts";
import { client } from "../thunderbird/rpc.ts";
import { banner, needsBanner } from "./banner.ts";
import { decryptedBody } from "./decrypted-body.ts";
import css from "./styles.css";

/**
 * Runs in every displayed message. Asks the background what to show, and draws it into a shadow
 * root: the message's own styles and the add-on's do not reach each other.
 */
const ask = client<DisplayProtocol>("display");

let host: HTMLElement | null = null;

function draw(view: DisplayView): void {
  host?.remove();
  host = null;
  if (view.body === null && !needsBanner(view)) return;

  host = document.createElement("smime-exchange");
  const root = host.attachShadow({ mode: "closed" });
  const style = document.createElement("style");
  style.textContent = css;
  root.append(style);
  root.append(banner(view.status, { unlock: () => void unlock(false) }));
  if (view.body !== null) {
    root.append(
      decryptedBody(view.body, isAuthenticated(view), {
        save: (index) => void ask("display.saveAttachment", { index }),
        open: (index) => void ask("display.openAttachment", { index }),
      }),
    );
    // What Thunderbird made of the encrypted message is not what the sender wrote.
    for (const child of document.body.children) (child as HTMLElement).hidden = true;
  }
  document.body.prepend(host);
}

function isAuthenticated({ status }: DisplayView): boolean {
  return status.encryption.authenticated || status.signature.verdict === "valid";
}

async function refresh(): Promise<DisplayView | null> {
  const view = await ask("display.view", null);
  if (view !== null) draw(view);
  return view;
}

/** `automatic`: reading asks by itself, but not again once the user has said no. */
async function unlock(automatic: boolean): Promise<void> {
  const view = await ask("display.unlock", { automatic });
  if (view !== null) draw(view);
}

async function refreshAndUnlock(): Promise<void> {
  const view = await refresh();
  if (view?.status.encryption.verdict === "locked") await unlock(true);
}

// The background says when the same message may read differently.
api.runtime.onMessage.addListener((message: unknown) => {
  if (message === "display.changed") void refreshAndUnlock();
  if (message === "display.locked") void refresh();
});

void refreshAndUnlock();
