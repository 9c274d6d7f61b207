import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

type Reply = [1, number, { error: string; message: string; stacktrace: string } | null, unknown];

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Marionette answered with an error, or not in time; `error` is its code, such as "timeout". */
export class MarionetteError extends Error {
  readonly error: string;
  constructor(error: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "MarionetteError";
    this.error = error;
  }
}

/**
 * A client of Marionette, the remote control of Mozilla applications: `LENGTH:[0,id,command,{…}]`
 * over TCP. All scripts run in the chrome scope of Thunderbird's main window.
 */
export class Marionette {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.#receive(chunk);
    });
    socket.on("close", () => {
      this.#fail(new MarionetteError("closed", "Thunderbird closed the connection to Marionette"));
    });
    socket.on("error", (error) => {
      this.#fail(error);
    });
  }

  /**
   * Connects as soon as Thunderbird listens, and opens a session in chrome context.
   * `alive` is asked between the attempts, so that a dead Thunderbird does not cost the whole time.
   */
  static async connect(
    port: number,
    {
      milliseconds = 60_000,
      alive = () => true,
    }: { milliseconds?: number; alive?: () => boolean } = {},
  ): Promise<Marionette> {
    const limit = performance.now() + milliseconds;
    for (;;) {
      const socket = await open(port);
      if (socket) {
        const client = new Marionette(socket);
        await client.command(
          "WebDriver:NewSession",
          { capabilities: { alwaysMatch: { unhandledPromptBehavior: "ignore" } } },
          60_000,
        );
        await client.command("Marionette:SetContext", { value: "chrome" });
        // The session's limit, which would cut off scripts that were given more; each has its own.
        await client.command("WebDriver:SetTimeouts", { script: 600_000 });
        return client;
      }
      if (!alive()) throw new MarionetteError("closed", "Thunderbird ended while it started");
      if (performance.now() > limit) {
        throw new MarionetteError("timeout", `nothing listens on Marionette's port ${port}`);
      }
      await delay(100);
    }
  }

  /** @throws MarionetteError with Marionette's code, or "timeout" */
  async command(name: string, params: object = {}, milliseconds = 30_000): Promise<unknown> {
    const id = this.#nextId++;
    const text = Buffer.from(JSON.stringify([0, id, name, params]));
    const reply = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new MarionetteError("timeout", `${name} took more than ${milliseconds} ms`));
      }, milliseconds);
      this.#pending.set(id, {
        resolve: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
    });
    this.#socket.write(`${text.length}:`);
    this.#socket.write(text);
    return reply;
  }

  /**
   * Runs the body of an async function with system rights; `args` and the result pass as JSON.
   * @throws MarionetteError "javascript error" with the script's message, or "timeout"
   */
  async execute(
    body: string,
    args: readonly unknown[] = [],
    milliseconds = 30_000,
  ): Promise<unknown> {
    const reply = await this.command(
      "WebDriver:ExecuteScript",
      {
        script: `return (async function () { ${body} \n}).apply(null, arguments);`,
        args,
        newSandbox: false,
        sandbox: "system",
        scriptTimeout: milliseconds,
      },
      milliseconds + 2_000,
    );
    return value(reply);
  }

  /** @returns the add-on's id */
  async installAddon(path: string, temporary: boolean): Promise<string> {
    return String(value(await this.command("Addon:Install", { path, temporary }, 60_000)));
  }

  /** The main window as a PNG. */
  async takeScreenshot(): Promise<Buffer> {
    const reply = await this.command("WebDriver:TakeScreenshot", { full: false });
    return Buffer.from(String(value(reply)), "base64");
  }

  /** Asks Thunderbird to quit; the connection closes when it is about to. */
  async quit(): Promise<void> {
    await this.command("Marionette:Quit", { flags: ["eForceQuit"] }, 20_000).catch(
      (error: unknown) => {
        if (!(error instanceof MarionetteError && error.error === "closed")) throw error;
      },
    );
    this.close();
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const colon = this.#buffer.indexOf(":");
      if (colon < 0) return;
      const end = colon + 1 + Number(this.#buffer.subarray(0, colon).toString());
      if (this.#buffer.length < end) return;
      const packet: unknown = JSON.parse(this.#buffer.subarray(colon + 1, end).toString());
      this.#buffer = this.#buffer.subarray(end);
      // The greeting is an object, everything after it a reply.
      if (Array.isArray(packet)) this.#settle(packet as Reply);
    }
  }

  #settle([, id, error, result]: Reply): void {
    const pending = this.#pending.get(id);
    // A reply after its time limit finds nobody.
    if (!pending) return;
    this.#pending.delete(id);
    if (error)
      pending.reject(new MarionetteError(error.error, error.message, { cause: error.stacktrace }));
    else pending.resolve(result);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

function value(reply: unknown): unknown {
  return typeof reply === "object" && reply !== null && "value" in reply ? reply.value : reply;
}

function open(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", () => {
      resolve(undefined);
    });
  });
}
