import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { pageScript } from "./chrome-script.ts";
import { screenshotPath } from "./display.ts";
import { waitFor } from "./resources.ts";
import type { Thunderbird } from "./thunderbird.ts";

/** Which document is meant. */
export type Target =
  /** A page of the add-on whose path begins so, wherever it is shown. */
  | { readonly addon: string; readonly page: string }
  /** The message that the tab in front shows. */
  | { readonly message: true }
  /** Whatever else the tab in front shows, such as a file. */
  | { readonly tab: true }
  /** The editor of a compose window. */
  | { readonly compose: number };

type Json =
  string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

/** A document inside Thunderbird, read and driven as a person does: by what stands on it. */
export class Page {
  readonly #thunderbird: Thunderbird;
  readonly #target: Target;

  constructor(thunderbird: Thunderbird, target: Target) {
    this.#thunderbird = thunderbird;
    this.#target = target;
  }

  /** Waits until the document is there and has drawn something. */
  async loaded(): Promise<void> {
    await waitFor(`the page ${JSON.stringify(this.#target)}`, async () => {
      const state = await this.#run(
        "document.readyState + (document.body ? readText(document.body).length : 0)",
      );
      return /^complete[1-9]/.test(String(state));
    });
  }

  /** The text as it is rendered, lines in reading order, shadow roots included. */
  async text(): Promise<string> {
    return String(await this.#run("document.body ? readText(document.body) : ''"));
  }

  async waitForText(text: string | RegExp, milliseconds = 20_000): Promise<string> {
    let last = "";
    try {
      return await waitFor(
        String(text),
        async () => {
          last = await this.text();
          return (typeof text === "string" ? last.includes(text) : text.test(last)) && last;
        },
        { milliseconds },
      );
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : ""} in:\n${last}`, {
        cause: error,
      });
    }
  }

  /**
   * Clicks a button, link, tab, checkbox or the like by its accessible name or text.
   * With `dialogs: "leave"` the click may open a modal dialog.
   */
  async click(
    name: string,
    { dialogs = "fail" }: { dialogs?: "fail" | "leave" } = {},
  ): Promise<void> {
    await this.#run("clickByName(...arguments)", [name], { dialogs });
  }

  /** The same as a user's own action, which is what Thunderbird wants to see before some requests. */
  async clickAsUser(name: string): Promise<void> {
    await this.#run("clickByName(...arguments, true)", [name]);
  }

  /** Types into the field with that label. */
  async type(label: string, text: string): Promise<void> {
    await this.#run("typeInto(...arguments)", [label, text]);
  }

  async choose(label: string, option: string): Promise<void> {
    await this.#run("chooseOption(...arguments)", [label, option]);
  }

  /** Chooses files in the file field with that label. */
  async chooseFiles(label: string, ...paths: string[]): Promise<void> {
    await this.#run("chooseFiles(...arguments)", [label, paths.map(readFile)]);
  }

  /** Drops files on the first element that matches the selector. */
  async dropFiles(selector: string, ...paths: string[]): Promise<void> {
    await this.#run("dropFiles(...arguments)", [selector, paths.map(readFile)]);
  }

  /** The accessible names of what can be clicked. */
  async buttons(): Promise<string[]> {
    return (await this.#run("clickableNames()")) as string[];
  }

  /** The accessible names of what Tab reaches, in its order. */
  async focusOrder(): Promise<string[]> {
    return (await this.#run("focusOrder()")) as string[];
  }

  /**
   * Runs a function inside the document, with system rights; it is sent as text and so sees only
   * its arguments, the document, and the functions of ./chrome/page.js.
   */
  async evaluate<A extends Json[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    return (await this.#run(`(${fn.toString()})(...arguments)`, args)) as Awaited<R>;
  }

  /** Asks the add-on's background as the page itself does. */
  async ask(name: string, request: Json = null): Promise<unknown> {
    const reply = (await this.#run("askBackground(...arguments)", [name, request])) as {
      readonly ok: boolean;
      readonly value?: unknown;
    };
    if (!reply.ok) throw new Error(`${name}: ${JSON.stringify(reply)}`);
    return reply.value;
  }

  /** Calls one of the functions of ./chrome/page.js that take their time. */
  async evaluateLong(
    name: string,
    args: readonly Json[],
    milliseconds = 120_000,
  ): Promise<unknown> {
    return this.#run(`${name}(...arguments)`, args, { milliseconds });
  }

  /** Whether the document is still shown somewhere. */
  async isOpen(): Promise<boolean> {
    return (await this.#thunderbird.call("browserIsOpen", [this.#target])) === true;
  }

  /** The document alone, whole, as a PNG. @returns its path */
  async screenshot(name: string): Promise<string> {
    const base64 = await this.#thunderbird.call("drawBrowser", [this.#target]);
    const path = screenshotPath(name);
    writeFileSync(path, String(base64), "base64");
    return path;
  }

  /** What is written beyond the page's edge or its box's, and cannot be read. */
  async cutOff(): Promise<string[]> {
    return (await this.#run("cutOff()")) as string[];
  }

  /** Gives the document that many CSS pixels, and so many of the screen's to each; null, 1 goes back. */
  async resize(width: number | null, zoom = 1): Promise<void> {
    await this.#thunderbird.call("resizeBrowser", [this.#target, width, zoom]);
  }

  /** Shows the document as in that theme, whatever Thunderbird's is; "none" goes back to it. */
  async setTheme(theme: "light" | "dark" | "contrast" | "none"): Promise<void> {
    await this.#thunderbird.call("overrideTheme", [this.#target, theme]);
  }

  #run(
    expression: string,
    args: readonly unknown[] = [],
    {
      dialogs = "fail",
      milliseconds = 20_000,
    }: { dialogs?: "fail" | "leave"; milliseconds?: number } = {},
  ): Promise<unknown> {
    return this.#thunderbird.call(
      "runInBrowser",
      [this.#target, pageScript(expression), args, milliseconds],
      { milliseconds: milliseconds + 25_000, dialogs },
    );
  }
}

const TYPES: Readonly<Record<string, string>> = {
  p12: "application/x-pkcs12",
  pfx: "application/x-pkcs12",
  pem: "application/x-pem-file",
  crt: "application/x-x509-ca-cert",
};

function readFile(path: string): { name: string; type: string; base64: string } {
  const name = basename(path);
  const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
  return { name, type, base64: readFileSync(path).toString("base64") };
}
