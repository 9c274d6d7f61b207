import { api } from "./api.ts";

/** Has the background started with Thunderbird. Register at the top level. */
export function onStartup(listener: () => void): void {
  api.runtime.onStartup.addListener(listener);
}
