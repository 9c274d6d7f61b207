import type { PageProtocol } from "../core/protocol.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { list, text } from "./arguments.ts";
import type { Services } from "./services.ts";

type VaultRequests = Extract<keyof PageProtocol, `vault.${string}`>;

/** What pages may ask of the vault. No passphrase and no key ever goes back to them. */
export function vaultHandlers({
  storage: { vault },
  unlocking,
  display,
}: Services): Pick<Handlers<PageProtocol>, VaultRequests> {
  return {
    "vault.state": () => vault.state(),
    "vault.create": async ({ passphrase }) => {
      await vault.create(text(passphrase));
      await unlocking.used();
      return null;
    },
    "vault.unlock": async ({ passphrase }) => {
      await vault.unlock(text(passphrase));
      await unlocking.used();
      await display.refreshAll();
      return null;
    },
    "vault.lock": async () => {
      await vault.lock();
      await display.locked();
      return null;
    },
    "vault.changePassphrase": async ({ current, next }) => {
      await vault.changePassphrase(text(current), text(next));
      return null;
    },
    "vault.startAnew": async ({ losing }) => {
      await vault.startAnew(list(losing, text));
      await display.locked();
      return null;
    },
  };
}
