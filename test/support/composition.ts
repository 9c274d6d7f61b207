import type { Button, Dialog, Thunderbird } from "./thunderbird.ts";
import { BUILD } from "./build.ts";
import { Page } from "./page.ts";
import { waitFor } from "./resources.ts";

/** What became of pressing Send. */
export type SendResult =
  | { readonly outcome: "sent" }
  | { readonly outcome: "dialog"; readonly dialogs: readonly Dialog[] }
  /** The window is still open and nothing asks anything. */
  | { readonly outcome: "open"; readonly notifications: readonly string[] };

export interface Draft {
  readonly to?: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject?: string;
  /** Typed key by key. */
  readonly body?: string;
  /** Pasted after that. */
  readonly html?: string;
  /** Paths of files to attach. */
  readonly attachments?: readonly string[];
}

export interface CompositionState {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly body: string;
  readonly attachments: readonly string[];
  readonly buttons: readonly Button[];
  readonly notifications: readonly string[];
}

/** An open compose window. */
export class Composition {
  readonly id: number;
  readonly #thunderbird: Thunderbird;

  constructor(thunderbird: Thunderbird, id: number) {
    this.#thunderbird = thunderbird;
    this.id = id;
  }

  async fill({ to, cc, bcc, subject, body, html, attachments }: Draft): Promise<void> {
    for (const [row, addresses] of Object.entries({ to, cc, bcc })) {
      if (addresses) await this.#call("typeRecipients", [row, addresses]);
    }
    if (subject !== undefined) await this.#call("typeSubject", [subject]);
    if (body !== undefined) await this.#call("typeBody", [body]);
    if (html !== undefined) await this.#call("insertHtml", [html]);
    if (attachments) await this.#call("attachFiles", [attachments]);
  }

  async chooseFrom(address: string): Promise<void> {
    await this.#call("chooseFrom", [address]);
  }

  async removeRecipient(address: string): Promise<void> {
    await this.#call("removeRecipient", [address]);
  }

  async state(): Promise<CompositionState> {
    return (await this.#call("composeState")) as CompositionState;
  }

  /** The add-on's button. */
  async button(): Promise<Button> {
    return (await this.#call("composeActionButton", [this.#thunderbird.addon])) as Button;
  }

  /** The document in the editor. */
  editor(): Page {
    return new Page(this.#thunderbird, { compose: this.id });
  }

  /**
   * Presses Send and waits until the window has closed or a dialog is open. What the standard build
   * has put into the Outbox has left it when this returns.
   */
  async send({ milliseconds = 20_000 } = {}): Promise<SendResult> {
    const result = (await this.#thunderbird.call("send", [this.id, milliseconds], {
      milliseconds: milliseconds + 10_000,
      dialogs: "leave",
    })) as SendResult;
    if (BUILD === "standard" && result.outcome === "sent") await this.#thunderbird.emptyOutbox();
    return result;
  }

  /** Only the click: for what goes on beside the sending, such as a prompt of the add-on. */
  async pressSend(): Promise<void> {
    const press = ["clickComposeButton", [this.id, "button-send"]] as const;
    await this.#thunderbird.call(...press, { dialogs: "leave" });
  }

  async isOpen(): Promise<boolean> {
    const open = await this.#thunderbird.call("composeIsOpen", [this.id], { dialogs: "leave" });
    return open === true;
  }

  /** After the user has gone back from a question of the add-on's: nothing else asks or complains. */
  async untilUnlocked(): Promise<void> {
    await waitFor("the window to be unlocked", async () => this.#call("composeIsUnlocked"));
  }

  async clickButton(id: string): Promise<void> {
    await this.#call("clickComposeButton", [id]);
  }

  async saveDraft(): Promise<void> {
    await this.#call("saveDraft");
  }

  /** Closes the window without keeping the message. */
  async discard(): Promise<void> {
    await this.#call("discard");
  }

  #call(name: string, args: readonly unknown[] = []): Promise<unknown> {
    return this.#thunderbird.call(name, [this.id, ...args]);
  }
}
