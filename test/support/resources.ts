import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/**
 * What a test has started and must not leave behind. Everything is released by `release()`, and
 * also when this process ends for whatever reason it is told about (a failed test, SIGINT, SIGTERM).
 */
const open = new Set<Resources>();

export class Resources {
  readonly #children: ChildProcess[] = [];
  readonly #folders: string[] = [];
  readonly #closers: (() => Promise<void>)[] = [];

  constructor() {
    open.add(this);
  }

  /** A new folder in the system's temporary folder. */
  folder(prefix: string): string {
    const path = mkdtempSync(join(tmpdir(), `${prefix}-`));
    this.#folders.push(path);
    return path;
  }

  /** Starts a program as the leader of its own process group, so that its children end with it. */
  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const child = spawn(command, args, { ...options, detached: true });
    child.on("error", (error) => {
      console.error(`${command} did not start: ${error.message}`);
    });
    this.#children.push(child);
    return child;
  }

  /** Ends a program that was started here, and its children, without a chance to do anything. */
  kill(child: ChildProcess): void {
    signalGroup(child, "SIGKILL");
  }

  /** Something inside this process to be closed on release. */
  closeLater(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /** Ends the newest first, waits until each is gone, and removes the folders. */
  async release(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
    for (const child of this.#children.splice(0).reverse()) {
      if (running(child)) signalGroup(child, "SIGTERM");
      if (!(await ended(child, 5_000))) signalGroup(child, "SIGKILL");
      await ended(child, 5_000);
      // Whatever the leader left in its group.
      signalGroup(child, "SIGKILL");
    }
    this.#removeFolders();
    open.delete(this);
  }

  /** The same without waiting: all that is possible while the process exits. */
  releaseNow(): void {
    for (const child of this.#children) signalGroup(child, "SIGKILL");
    this.#removeFolders();
  }

  #removeFolders(): void {
    for (const path of this.#folders.splice(0)) {
      // A program that was just killed may be writing its last file.
      rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  }
}

/** Releases all that is still open; for an `after` that does not know how far `before` came. */
export async function stopEverything(): Promise<void> {
  for (const resources of [...open].reverse()) await resources.release();
}

function running(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // The group is gone already.
  }
}

/** Whether the child has ended within that many milliseconds. */
export async function ended(child: ChildProcess, milliseconds: number): Promise<boolean> {
  const limit = performance.now() + milliseconds;
  while (running(child)) {
    if (performance.now() > limit) return false;
    await delay(20);
  }
  return true;
}

/** A TCP port of the loopback interface that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return address.port;
}

/**
 * Asks again until there is an answer other than undefined and false.
 * @throws Error naming what was waited for, with the last error as its cause
 */
export async function waitFor<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { milliseconds = 30_000, interval = 100 }: { milliseconds?: number; interval?: number } = {},
): Promise<T> {
  const limit = performance.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > limit) {
      throw new Error(`waited ${Math.round(milliseconds / 1000)} s in vain for ${what}`);
    }
    await delay(interval);
  }
}

process.on("exit", () => {
  for (const resources of open) resources.releaseNow();
});
for (const [name, number] of [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
] as const) {
  process.once(name, () => {
    process.exit(128 + number);
  });
}
