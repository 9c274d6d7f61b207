import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "./background.ts";
import { Failure } from "./failure.tsx";
import { PassphraseField } from "./passphrase-field.tsx";
import { passphraseStrength, type Strength } from "./passphrase.ts";

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

const hints: Record<Strength, readonly [key: string, level: number]> = {
  "too-short": ["strength_too_short", 0],
  weak: ["strength_weak", 1],
  fair: ["strength_fair", 2],
  strong: ["strength_strong", 3],
};

/** Makes the vault: the passphrase twice, with a hint of how good it is. */
export function NewVaultForm({
  onCreated,
  children,
}: {
  onCreated: () => void;
  children?: ComponentChildren;
}) {
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [told, setTold] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const hintId = useId();
  const { busy, failure, run } = useAction();

  useEffect(() => {
    first.current?.focus();
  }, []);

  const strength = passphraseStrength(passphrase);
  const [hint, level] = hints[strength];
  const differ = passphrase !== again;

  const submit = async () => {
    await ask("vault.create", { passphrase });
    setPassphrase("");
    setAgain("");
    onCreated();
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setTold(true);
        if (strength === "too-short") first.current?.focus();
        else if (differ) second.current?.focus();
        else void run(submit);
      }}
    >
      <PassphraseField
        id="new-passphrase"
        label={text("passphrase_new_label")}
        value={passphrase}
        onValue={setPassphrase}
        field={first}
        fresh
        invalid={told && strength === "too-short"}
        describedBy={hintId}
      />
      <div id={hintId} class="strength" aria-live="polite">
        {passphrase !== "" && (
          <>
            <span class="meter" data-level={level} aria-hidden="true">
              <span />
              <span />
              <span />
            </span>
            {text(hint)}
          </>
        )}
      </div>
      <PassphraseField
        id="new-passphrase-again"
        label={text("passphrase_again_label")}
        value={again}
        onValue={setAgain}
        field={second}
        fresh
        invalid={told && differ}
      />
      {told && strength === "too-short" && <Failure code="vault-weak-passphrase" />}
      {told && strength !== "too-short" && differ && (
        <p class="notice bad" role="alert">
          {text("passphrase_differ")}
        </p>
      )}
      <Failure code={failure} />
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy}>
          {text(busy ? "passphrase_setting" : "passphrase_set")}
        </button>
        {children}
      </div>
    </form>
  );
}
