import { useState } from "preact/hooks";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, type Loaded } from "./background.ts";
import { Failure } from "./failure.tsx";
import { Icon } from "./icon.tsx";
import type { PageProtocol } from "../../core/protocol.ts";
import { UnlockForm } from "./vault-forms.tsx";

type VaultState = PageProtocol["vault.state"]["response"];

/** Whether private keys can be used now, and the way to change that. Nothing before the first key. */
export function VaultControl({ vault }: { vault: Loaded<VaultState> }) {
  const [unlocking, setUnlocking] = useState(false);
  const { busy, failure, run } = useAction();
  const state = vault.value;
  if (state === null || state === "absent") return <Failure code={vault.failure} />;
  const locked = state === "locked";
  return (
    <div class="vault" data-vault={state}>
      <span class="line" role="status">
        <Icon name={locked ? "encrypted" : "unlocked"} />
        <span>{text(locked ? "vault_locked" : "vault_unlocked")}</span>
      </span>
      {locked && !unlocking && (
        <button
          type="button"
          data-action="unlock"
          onClick={() => {
            setUnlocking(true);
          }}
        >
          {text("unlock")}
        </button>
      )}
      {!locked && (
        <button
          type="button"
          data-action="lock"
          disabled={busy}
          onClick={() =>
            void run(async () => {
              await ask("vault.lock", null);
              await vault.reload();
            })
          }
        >
          {text("lock_now")}
        </button>
      )}
      {locked && unlocking && (
        <UnlockForm
          autoFocus
          onUnlocked={() => {
            setUnlocking(false);
            void vault.reload();
          }}
        >
          <button
            type="button"
            onClick={() => {
              setUnlocking(false);
            }}
          >
            {text("cancel")}
          </button>
        </UnlockForm>
      )}
      <Failure code={failure} />
    </div>
  );
}
