import type { ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { chromeScript } from "./chrome-script.ts";
import { Composition, type SendResult } from "./composition.ts";
import type { Section } from "../../src/pages/options/sections.ts";
import { captureDisplay, startDisplay } from "./display.ts";
import { Marionette, MarionetteError } from "./marionette.ts";
import { Page, type Target } from "./page.ts";
import { underTest, writePreferences, type Preferences } from "./profile.ts";
import { ended, freePort, Resources, waitFor } from "./resources.ts";

export type { SendResult };

export interface Account {
  readonly name: string;
  readonly address: string;
}

export interface ThunderbirdOptions {
  /** Names the profile's folder and the screenshots of failures. */
  readonly profileName: string;
  readonly mailServer: { readonly imapPort: number; readonly smtpPort: number };
  readonly accounts: readonly Account[];
  /** An X display to share; without it an own one is started. */
  readonly display?: string;
  readonly locale?: string;
  readonly preferences?: Preferences;
  /** For a person to sit in front of: without what only tests need, and new mail is looked for. */
  readonly attended?: boolean;
  /** Another Thunderbird than the installed one. */
  readonly binary?: string;
  /** An unpacked add-on or an .xpi, installed as temporary. */
  readonly addon?: string;
}

export interface Dialog {
  readonly title: string;
  readonly text: string;
  readonly buttons: readonly string[];
}

export interface Button {
  readonly id: string;
  readonly label: string;
  readonly tooltip: string;
  readonly badge: string;
  /** The icon as a CSS value with the URL in it; empty for Thunderbird's own buttons. */
  readonly image: string;
  readonly disabled: boolean;
}

export interface MessageHeader {
  readonly visible: boolean;
  readonly text: string;
  readonly buttons: readonly Button[];
  readonly notifications: readonly string[];
}

/** A dialog came up that the test did not expect; the message is what it says. */
export class UnexpectedDialog extends Error {
  readonly dialogs: readonly Dialog[];
  constructor(during: string, dialogs: readonly Dialog[], screenshot: string) {
    const texts = dialogs.map(({ title, text }) => `"${title}": ${text}`).join("; ");
    super(`${during}: a dialog is open: ${texts} (${screenshot})`);
    this.name = "UnexpectedDialog";
    this.dialogs = dialogs;
  }
}

/** The program that Debian's wrapper script starts; the wrapper meddles with the home folder. */
export function thunderbirdBinary(): string {
  const installed = "/usr/lib/thunderbird/thunderbird";
  return process.env["THUNDERBIRD"] ?? (existsSync(installed) ? installed : "thunderbird");
}

/**
 * Starts Thunderbird on a new profile and display, with accounts that never ask for a password.
 * Whatever happens, `stop` or the end of this process removes every trace of it.
 */
export async function startThunderbird(options: ThunderbirdOptions): Promise<Thunderbird> {
  const resources = new Resources();
  try {
    const thunderbird = new Thunderbird(options, resources, {
      display: options.display ?? (await startDisplay(resources)),
      home: resources.folder(`smime-${options.profileName}`),
    });
    await thunderbird.start();
    const { mailServer, accounts, attended = false } = options;
    await thunderbird.call("createAccounts", [mailServer, accounts, attended]);
    if (options.addon !== undefined) await thunderbird.installAddon(options.addon);
    return thunderbird;
  } catch (error) {
    await resources.release();
    throw error;
  }
}

export class Thunderbird {
  readonly name: string;
  readonly display: string;
  readonly profile: string;
  readonly #home: string;
  readonly #options: ThunderbirdOptions;
  readonly #resources: Resources;
  #process: ChildProcess | undefined;
  #marionette: Marionette | undefined;
  #addon: string | undefined;

  constructor(
    options: ThunderbirdOptions,
    resources: Resources,
    { display, home }: { display: string; home: string },
  ) {
    this.name = options.profileName;
    this.display = display;
    this.#home = home;
    this.profile = join(home, "profile");
    this.#options = options;
    this.#resources = resources;
  }

  /**
   * The process; the first call makes the profile, later ones go on with it.
   * @param preferences this time, instead of those of the options
   */
  async start(preferences = this.#options.preferences ?? {}): Promise<void> {
    const port = await freePort();
    const { attended, locale, binary = thunderbirdBinary() } = this.#options;
    prepareProfile(this.profile, {
      ...(attended === true ? {} : underTest),
      ...(locale === undefined ? {} : { "intl.locale.requested": locale }),
      ...preferences,
      "marionette.port": port,
    });
    const log = openSync(this.#logPath(), "a");
    const child = this.#resources.spawn(
      binary,
      ["--marionette", "--remote-allow-system-access", "--no-remote", "--profile", this.profile],
      {
        env: {
          ...process.env,
          DISPLAY: this.display,
          HOME: this.#home,
          TMPDIR: this.#temporaryFolder(),
          MOZ_CRASHREPORTER_DISABLE: "1",
          GDK_BACKEND: "x11",
          NO_AT_BRIDGE: "1",
        },
        stdio: ["ignore", log, log],
      },
    );
    this.#process = child;
    this.#marionette = await Marionette.connect(port, {
      alive: () => child.exitCode === null && child.signalCode === null,
    }).catch(async (error: unknown) => {
      // A dialog at start keeps Marionette from answering; it can still be seen.
      const screenshot = await this.screenshot(`failure-${this.name}`).catch(() => "no screenshot");
      throw new Error(`Thunderbird did not start (${screenshot}): ${this.log()}`, { cause: error });
    });
    await this.call("untilReady");
    if (attended !== true) await this.call("enterPasswords");
  }

  /** Quits and comes back on the same profile; a temporary add-on is gone then, and put back. */
  async restart(): Promise<void> {
    await this.quit();
    await this.start();
    if (this.#addon !== undefined && this.#options.addon !== undefined) {
      await this.installAddon(this.#options.addon);
    }
  }

  /** Ends at once, as by a power failure, and comes back on the same profile. */
  async crash(preferences?: Preferences): Promise<void> {
    await this.kill();
    await this.start(preferences);
    if (this.#addon !== undefined && this.#options.addon !== undefined) {
      await this.installAddon(this.#options.addon);
    }
  }

  /** Ends at once, with all its processes, and stays so. */
  async kill(): Promise<void> {
    this.#marionette?.close();
    this.#marionette = undefined;
    const process = this.#process;
    if (process === undefined) throw new Error("Thunderbird is not running");
    this.#resources.kill(process);
    if (!(await ended(process, 5_000))) throw new Error("Thunderbird was not killed");
    // The next one would ask about the profile that is in use.
    for (const lock of ["lock", ".parentlock"]) rmSync(join(this.profile, lock), { force: true });
  }

  /** Quits as File > Quit does. */
  async quit(): Promise<void> {
    await this.#marionette?.quit();
    this.#marionette = undefined;
    if (this.#process && !(await ended(this.#process, 20_000))) {
      throw new Error("Thunderbird did not quit");
    }
  }

  async stop(): Promise<void> {
    this.#marionette?.close();
    this.#marionette = undefined;
    await this.#resources.release();
  }

  /** What Thunderbird wrote to its standard output and error. */
  log(): string {
    return readFileSync(this.#logPath(), "utf8");
  }

  /** Every file of the profile and of the temporary folder. */
  files(): { path: string; data: Buffer }[] {
    return readdirSync(this.#home, { recursive: true, encoding: "utf8" }).flatMap((name) => {
      const path = join(this.#home, name);
      try {
        return statSync(path).isFile() ? [{ path, data: readFileSync(path) }] : [];
      } catch {
        // It was there only for a moment.
        return [];
      }
    });
  }

  /** Thunderbird leaves files of its own in the temporary folder. */
  #temporaryFolder(): string {
    const path = join(this.#home, "tmp");
    mkdirSync(path, { recursive: true });
    return path;
  }

  #logPath(): string {
    return join(this.#home, "output.log");
  }

  /** @returns the add-on's id, which the other functions then take as the add-on meant */
  async installAddon(path: string, { temporary = true } = {}): Promise<string> {
    if (!this.#marionette) throw new Error("Thunderbird is not running");
    this.#addon = await this.#marionette.installAddon(path, temporary);
    return this.#addon;
  }

  get addon(): string {
    if (this.#addon === undefined) throw new Error("no add-on is installed");
    return this.#addon;
  }

  /**
   * Calls one of the functions in ./chrome by its name.
   * @throws UnexpectedDialog when a modal dialog is open before or afterwards, or keeps it from
   *   ending, unless `dialogs` is "leave"
   */
  async call(
    name: string,
    args: readonly unknown[] = [],
    {
      milliseconds = 30_000,
      dialogs = "fail",
    }: { milliseconds?: number; dialogs?: "fail" | "leave" } = {},
  ): Promise<unknown> {
    if (dialogs === "fail") await this.#failOnDialogs(name);
    const body = `return await ${name}(...arguments);`;
    const answer = await this.execute(body, args, milliseconds, name);
    if (dialogs === "fail") await this.#failOnDialogs(name);
    return answer;
  }

  /** Runs the body of an async function in chrome scope, with the functions of ./chrome at hand. */
  async execute(
    body: string,
    args: readonly unknown[] = [],
    milliseconds = 30_000,
    during = "a script",
  ): Promise<unknown> {
    if (!this.#marionette) throw new Error("Thunderbird is not running");
    try {
      return await this.#marionette.execute(chromeScript(body), args, milliseconds);
    } catch (error) {
      if (!(error instanceof MarionetteError)) throw error;
      await this.#failOnDialogs(during);
      const screenshot = await this.screenshot(`failure-${this.name}`).catch(() => "no screenshot");
      throw new Error(`${this.name}, ${during}: ${error.message} (${screenshot})`, {
        cause: error,
      });
    }
  }

  async #failOnDialogs(during: string): Promise<void> {
    const dialogs = await this.dialogs().catch(() => []);
    if (dialogs.length === 0) return;
    const screenshot = await this.screenshot(`dialog-${this.name}`).catch(() => "no screenshot");
    throw new UnexpectedDialog(`${this.name}, ${during}`, dialogs, screenshot);
  }

  /** The modal dialogs that are open. */
  async dialogs(): Promise<readonly Dialog[]> {
    if (!this.#marionette) return [];
    const body = chromeScript("return openDialogs();");
    return (await this.#marionette.execute(body, [], 5_000)) as Dialog[];
  }

  /** The topmost dialog, as soon as there is one. */
  async dialog(milliseconds = 20_000): Promise<Dialog> {
    return waitFor(`a dialog of ${this.name}`, async () => (await this.dialogs()).at(-1), {
      milliseconds,
    });
  }

  /** Presses a button of the topmost dialog by its label. */
  async answerDialog(label: string): Promise<void> {
    await this.call("answerDialog", [label], { dialogs: "leave" });
  }

  /**
   * Asks for new mail until the folder has it, selects it in the list, waits until it is shown. A
   * message that the add-on shows in a tab of its own is opened there, by its button.
   */
  async selectMessage(
    subject: string,
    { account = this.#firstAddress(), folder = "Inbox", milliseconds = 30_000 } = {},
  ): Promise<void> {
    const addon = this.#addon ?? null;
    const how = await this.call("selectMessage", [account, folder, subject, milliseconds, addon], {
      milliseconds: milliseconds + 10_000,
    });
    if (how === "offered") await this.call("openOffered", [addon]);
  }

  /** Goes along with what the standard build and Thunderbird say until the Outbox is empty. */
  async emptyOutbox(): Promise<void> {
    await waitFor("the Outbox to be empty", async () => {
      const page = "pages/prompt/";
      if (await this.pageIsOpen(page)) {
        const prompt = this.#page({ addon: this.addon, page });
        await prompt.click("Do not explain this again");
        await prompt.click("Continue", { dialogs: "leave" });
        await waitFor("the prompt to close", async () => !(await this.pageIsOpen(page)));
      }
      return (await this.call("unsentMessages")) === 0;
    });
    await waitFor(
      "the window for the Outbox to close",
      async () => (await this.call("countMainWindows")) === 1,
    );
  }

  async listSubjects({ account = this.#firstAddress(), folder = "Inbox" } = {}): Promise<string[]> {
    return (await this.call("listSubjects", [account, folder])) as string[];
  }

  async messageHeader(): Promise<MessageHeader> {
    return (await this.call("messageHeader")) as MessageHeader;
  }

  /** The add-on's button in the header pane of the message shown. */
  async messageButton(): Promise<Button> {
    return (await this.call("messageActionButton", [this.addon])) as Button;
  }

  /** The document of the message shown, with what the add-on drew into it. */
  message(): Page {
    return this.#page({ message: true });
  }

  /** The page that the tab in front shows, where it is no message. */
  tab(): Page {
    return this.#page({ tab: true });
  }

  /** Closes the tab in front, unless it is the mail tab. */
  async closeTab(): Promise<void> {
    await this.call("closeTab");
  }

  /** Clicks one of Thunderbird's own buttons in the header pane, such as "otherActionsButton". */
  async clickHeaderButton(id: string): Promise<void> {
    await this.call("clickHeaderButton", [id]);
  }

  /** Presses New Message. */
  async newMessage({ from }: { from?: string } = {}): Promise<Composition> {
    const composition = new Composition(this, (await this.call("newMessage")) as number);
    if (from !== undefined) await composition.chooseFrom(from);
    return composition;
  }

  /** Presses Reply in the header pane of the message shown. */
  async reply({ all = false } = {}): Promise<Composition> {
    const id = await this.call("reply", [all]);
    return new Composition(this, id as number);
  }

  /** Opens a stored draft or template for writing, as a double click does. */
  async editMessage(
    subject: string,
    { account = this.#firstAddress(), folder = "Drafts", milliseconds = 30_000 } = {},
  ): Promise<Composition> {
    const args = [account, folder, subject, milliseconds, this.#addon ?? null];
    const id = await this.call("editMessage", args, { milliseconds: milliseconds + 10_000 });
    return new Composition(this, id as number);
  }

  /** A compose window that something else than this class opened, once there is one. */
  async openedComposition(): Promise<Composition> {
    return new Composition(this, (await this.call("openedComposeWindow")) as number);
  }

  /** Opens the add-on's options page in a tab, or goes to it, and chooses the category there. */
  async openOptions(section: Section = "certificates"): Promise<Page> {
    const path = await this.call("openOptions", [this.addon]);
    const page = this.#page({ addon: this.addon, page: path as string });
    await page.loaded();
    await page.evaluate((address) => {
      document.querySelector<HTMLElement>(`nav a[href="${address}"]`)?.click();
    }, `#${section}`);
    return page;
  }

  /** Clicks the add-on's button in the main window. `page` is where its popup's path begins. */
  async openToolbarPopup(page = "pages/toolbar/"): Promise<Page> {
    return this.#openPopup("toolbar", page);
  }

  /** Clicks the add-on's button in the header pane. */
  async openMessagePopup(page = "pages/message/"): Promise<Page> {
    return this.#openPopup("message", page);
  }

  async openComposePopup(composition: Composition, page = "pages/compose/"): Promise<Page> {
    return this.#openPopup("compose", page, composition.id);
  }

  async #openPopup(place: string, page: string, composition?: number): Promise<Page> {
    await this.call("clickAction", [this.addon, place, composition ?? null]);
    const popup = this.#page({ addon: this.addon, page });
    await popup.loaded();
    return popup;
  }

  /** Closes the popup that hangs on one of the add-on's buttons. */
  async closePopup(): Promise<void> {
    await this.call("closePopup");
  }

  /** @param key such as "KEY_Escape" */
  async pressKeyInPopup(key: string): Promise<void> {
    await this.call("pressKeyInPopup", [key]);
  }

  /** Puts the pointer where no window is: then nothing gets the focus but by being asked to take it. */
  async parkPointer(): Promise<void> {
    await this.call("parkPointer");
  }

  /** A page of the add-on that is open already, or that comes up: a tab, a popup or a window. */
  async addonPage(page: string): Promise<Page> {
    const found = this.#page({ addon: this.addon, page });
    await found.loaded();
    return found;
  }

  async pageIsOpen(page: string): Promise<boolean> {
    return (await this.call("browserIsOpen", [{ addon: this.addon, page }])) === true;
  }

  #page(target: Target): Page {
    return new Page(this, target);
  }

  /** Ends the add-on's background at once, even while it is still answering. */
  async terminateBackground(): Promise<void> {
    await this.call("terminateBackground", [this.addon], { dialogs: "leave" });
  }

  /** "starting", "running", "suspending" or "stopped". */
  async backgroundState(): Promise<string> {
    return String(await this.call("backgroundState", [this.addon], { dialogs: "leave" }));
  }

  /** Everything on the display, popups included. @returns the path of the PNG */
  async screenshot(name: string): Promise<string> {
    return captureDisplay(this.display, name);
  }

  #firstAddress(): string {
    const [first] = this.#options.accounts;
    if (!first) throw new Error("this Thunderbird has no account");
    return first.address;
  }
}

/** Makes the folder of a profile and its preferences. */
export function prepareProfile(profile: string, preferences: Preferences): void {
  mkdirSync(profile, { recursive: true });
  writePreferences(profile, preferences);
}
