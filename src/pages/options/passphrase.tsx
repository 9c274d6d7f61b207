import { useState } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, type Loaded } from "../components/background.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { Failure } from "../components/failure.tsx";
import { ChangePassphraseForm } from "../components/vault-forms.tsx";

type VaultState = PageProtocol["vault.state"]["response"];
type OwnKeys = PageProtocol["keys.list"]["response"];

/** Changes the passphrase, or does without one that was forgotten. Nothing before the first key. */
export function Passphrase({ vault }: { vault: Loaded<VaultState> }) {
  const [changing, setChanging] = useState(false);
  const [changed, setChanged] = useState(false);
  const [losing, setLosing] = useState<OwnKeys | null>(null);
  const { busy, failure, run } = useAction();
  if (vault.value === null || vault.value === "absent") return null;
  if (changing) {
    return (
      <ChangePassphraseForm
        onChanged={() => {
          setChanging(false);
          setChanged(true);
        }}
      >
        <button
          type="button"
          onClick={() => {
            setChanging(false);
          }}
        >
          {text("cancel")}
        </button>
      </ChangePassphraseForm>
    );
  }
  return (
    <div class="stack">
      <div class="buttons">
        <button
          type="button"
          onClick={() => {
            setChanged(false);
            setChanging(true);
          }}
        >
          {text("passphrase_change")}
        </button>
        {vault.value === "locked" && (
          <button
            type="button"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                setLosing(await ask("keys.list", null));
              })
            }
          >
            {text("passphrase_forgotten")}
          </button>
        )}
      </div>
      <p role="status">{changed ? text("passphrase_changed") : ""}</p>
      <Failure code={failure} />
      {losing !== null && (
        <StartAnew
          losing={losing}
          onDone={() => {
            setLosing(null);
            void vault.reload();
          }}
        />
      )}
    </div>
  );
}

/** Says what is lost and what stays; goes on only once the user has said to have understood. */
function StartAnew({ losing, onDone }: { losing: OwnKeys; onDone: () => void }) {
  const [understood, setUnderstood] = useState(false);
  const { busy, failure, run } = useAction();
  const start = async () => {
    await ask("vault.startAnew", { losing: losing.map(({ fingerprint }) => fingerprint) });
    onDone();
  };
  return (
    <ConfirmDialog
      title={text("start_anew_title")}
      action={text("do_start_anew")}
      busy={busy || !understood}
      onConfirm={() => void run(start)}
      onCancel={onDone}
    >
      <p>{text(losing.length === 0 ? "start_anew_empty" : "start_anew_lost")}</p>
      {losing.length > 0 && (
        <ul>
          {losing.map(({ fingerprint, name, addresses }) => (
            <li key={fingerprint}>
              <bdi>{name}</bdi> <bdi>{addresses.join(", ")}</bdi>
            </li>
          ))}
        </ul>
      )}
      <p>{text("start_anew_kept")}</p>
      <div class="choices">
        <label>
          <input
            type="checkbox"
            checked={understood}
            onChange={(event) => {
              setUnderstood(event.currentTarget.checked);
            }}
          />
          <span>{text("start_anew_understood")}</span>
        </label>
      </div>
      <Failure code={failure} />
    </ConfirmDialog>
  );
}
