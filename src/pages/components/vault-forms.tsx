import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "./background.ts";
import { Failure } from "./failure.tsx";
import { NewSecretForm, passphraseForVault } from "./new-secret-form.tsx";
import { PassphraseField } from "./passphrase-field.tsx";

/** Asks for the passphrase and opens the vault; a wrong one is told in place and can be retyped. */
export function UnlockForm({
  onUnlocked,
  autoFocus = false,
  children,
}: {
  onUnlocked: () => void;
  autoFocus?: boolean;
  /** Further buttons. */
  children?: ComponentChildren;
}) {
  const [passphrase, setPassphrase] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const { busy, failure, run } = useAction();

  useEffect(() => {
    if (autoFocus || failure !== null) field.current?.select();
  }, [failure]);

  const submit = async () => {
    await ask("vault.unlock", { passphrase });
    setPassphrase("");
    onUnlocked();
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void run(submit);
      }}
    >
      <PassphraseField
        id="passphrase"
        label={text("passphrase_label")}
        value={passphrase}
        onValue={setPassphrase}
        field={field}
        invalid={failure === "vault-wrong-passphrase"}
      />
      <Failure code={failure} />
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy}>
          {text(busy ? "unlocking" : "unlock")}
        </button>
        {children}
      </div>
    </form>
  );
}

/** Makes the vault: the passphrase twice, with a hint of how good it is. */
export function NewVaultForm({
  onCreated,
  children,
}: {
  onCreated: () => void;
  children?: ComponentChildren;
}) {
  const { busy, failure, run } = useAction();
  return (
    <NewSecretForm
      secret={passphraseForVault}
      busy={busy}
      failure={failure}
      onSubmit={(passphrase) =>
        void run(async () => {
          await ask("vault.create", { passphrase });
          onCreated();
        })
      }
    >
      {children}
    </NewSecretForm>
  );
}

/** Another passphrase for the same vault. */
export function ChangePassphraseForm({
  onChanged,
  children,
}: {
  onChanged: () => void;
  children?: ComponentChildren;
}) {
  const [current, setCurrent] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const { busy, failure, run } = useAction();

  useEffect(() => {
    field.current?.select();
  }, [failure]);

  return (
    <NewSecretForm
      secret={passphraseForVault}
      busy={busy}
      failure={failure}
      onSubmit={(next) =>
        void run(async () => {
          await ask("vault.changePassphrase", { current, next });
          onChanged();
        })
      }
      before={
        <PassphraseField
          label={text("passphrase_current_label")}
          value={current}
          onValue={setCurrent}
          field={field}
          invalid={failure === "vault-wrong-passphrase"}
        />
      }
    >
      {children}
    </NewSecretForm>
  );
}
