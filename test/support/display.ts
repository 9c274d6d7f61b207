import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Resources } from "./resources.ts";

const screenshots = join(dirname(fileURLToPath(import.meta.url)), "..", "e2e", "screenshots");

/** Starts an X server without a screen on a free display; `:N` as soon as it answers. */
export async function startDisplay(resources: Resources): Promise<string> {
  // -displayfd makes the server choose a free number and tell it once it is ready.
  const server = resources.spawn(
    "Xvfb",
    ["-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  const pipe = server.stdio[3] as Readable;
  const number = await new Promise<string>((resolve, reject) => {
    let said = "";
    pipe.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      // The line end comes in a write of its own; a pipe closed before that would end the server.
      if (said.endsWith("\n")) resolve(said.trim());
    });
    server.once("exit", (code) => {
      reject(new Error(`Xvfb ended with ${String(code)}`));
    });
    server.once("error", reject);
  });
  pipe.destroy();
  return `:${number}`;
}

/** Where a picture of that name is kept. */
export function screenshotPath(name: string): string {
  mkdirSync(screenshots, { recursive: true });
  return join(screenshots, `${name.replace(/[^\w.-]+/g, "-")}.png`);
}

/** Everything that the display shows, popups included, as a PNG. @returns its path */
export async function captureDisplay(display: string, name: string): Promise<string> {
  const path = screenshotPath(name);
  await promisify(execFile)("import", ["-display", display, "-window", "root", path], {
    timeout: 20_000,
  });
  return path;
}
