import { api } from "../api.ts";

/** Thunderbird suspends a background that has called nothing for half a minute, whatever it does. */
const CALL_EVERY_MS = 10_000;

export async function awakeWhile(work: () => Promise<void>): Promise<void> {
  const timer = setInterval(() => void api.runtime.getPlatformInfo(), CALL_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}
