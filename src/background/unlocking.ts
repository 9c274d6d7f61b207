import type { SettingsStore, Vault } from "../core/ports.ts";
import type { Alarm } from "../thunderbird/alarm.ts";
import { bringToFront, prompt } from "../thunderbird/prompts.ts";

/** Opens the vault when it is needed and locks it again when it has not been used for a while. */
export interface Unlocking {
  /** True once the vault is open; asks the user if it is not. Several askers share one window. */
  ensure(purpose: "send" | "read" | "manage"): Promise<boolean>;
  /** The vault was used: the time until it locks by itself starts anew. */
  used(): Promise<void>;
}

export function unlocking(vault: Vault, settings: SettingsStore, timer: Alarm): Unlocking {
  let asking: Promise<boolean> | null = null;

  const used = async () => {
    const { lockAfterMinutes } = await settings.get();
    await timer.set(lockAfterMinutes > 0 ? lockAfterMinutes : null);
  };

  return {
    used,
    async ensure(purpose) {
      if ((await vault.state()) === "unlocked") {
        await used();
        return true;
      }
      if (asking !== null) void bringToFront("unlock");
      asking ??= prompt({ kind: "unlock", purpose })
        .then(async () => (await vault.state()) === "unlocked")
        .finally(() => {
          asking = null;
        });
      return asking;
    },
  };
}
