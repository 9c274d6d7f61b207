import { SmimeError } from "../core/errors.ts";
import type { Vault } from "../core/ports.ts";

/** Typing errors happen to everybody. */
const FREE_ATTEMPTS = 3;
const LONGEST_WAIT_SECONDS = 60;

/**
 * Passphrases are tried one after the other, and after three wrong ones in a row each next try waits
 * twice as long as the one before, up to a minute. Whoever has the files instead of the screen is
 * slowed by the derivation alone (`vault-format.ts`).
 * @param wait resolves after so many seconds
 */
export function slowedVault(vault: Vault, wait: (seconds: number) => Promise<void>): Vault {
  let wrong = 0;
  let last: Promise<unknown> = Promise.resolve();

  function attempt(work: () => Promise<void>): Promise<void> {
    const turn = last.then(async () => {
      if (wrong >= FREE_ATTEMPTS) {
        await wait(Math.min(2 ** (wrong - FREE_ATTEMPTS), LONGEST_WAIT_SECONDS));
      }
      try {
        await work();
        wrong = 0;
      } catch (error) {
        if (error instanceof SmimeError && error.code === "vault-wrong-passphrase") wrong++;
        throw error;
      }
    });
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    ...vault,
    unlock: (passphrase) => attempt(() => vault.unlock(passphrase)),
    changePassphrase: (current, next) => attempt(() => vault.changePassphrase(current, next)),
    async startAnew(losing) {
      await vault.startAnew(losing);
      // They were wrong for a vault that is no more.
      wrong = 0;
    },
  };
}

export function waitSeconds(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
