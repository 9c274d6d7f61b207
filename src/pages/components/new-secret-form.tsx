import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ErrorCode } from "../../core/errors.ts";
import { text } from "../../thunderbird/i18n.ts";
import { Failure } from "./failure.tsx";
import { PassphraseField } from "./passphrase-field.tsx";
import { passphraseStrength, type Strength } from "./passphrase.ts";

/** How a new secret is asked for: keys of strings, and what is too weak for it. */
export interface NewSecret {
  readonly id: string;
  readonly label: string;
  readonly again: string;
  readonly differ: string;
  readonly submit: string;
  readonly busy: string;
  /** What is said of one that is not good enough. */
  readonly tooWeak: string;
  readonly refused: readonly Strength[];
}

export const passphraseForVault: NewSecret = {
  id: "new-passphrase",
  label: "passphrase_new_label",
  again: "passphrase_again_label",
  differ: "passphrase_differ",
  submit: "passphrase_set",
  busy: "passphrase_setting",
  tooWeak: "error_vault_weak_passphrase",
  refused: ["too-short"],
};

/** Of a file that may lie where others can copy it and try as long as they like. */
export const passwordForBackup: NewSecret = {
  id: "backup-password",
  label: "backup_password_label",
  again: "backup_again_label",
  differ: "backup_differ",
  submit: "backup_save",
  busy: "backup_saving",
  tooWeak: "backup_too_weak",
  refused: ["too-short", "weak"],
};

const hints: Record<Strength, readonly [key: string, level: number]> = {
  "too-short": ["strength_too_short", 0],
  weak: ["strength_weak", 1],
  fair: ["strength_fair", 2],
  strong: ["strength_strong", 3],
};

/** A new secret, typed twice, with a hint of how good it is. */
export function NewSecretForm({
  secret,
  busy,
  failure,
  onSubmit,
  before,
  children,
}: {
  secret: NewSecret;
  busy: boolean;
  failure: ErrorCode | null;
  onSubmit: (typed: string) => void;
  /** A field above these two. */
  before?: ComponentChildren;
  /** Further buttons. */
  children?: ComponentChildren;
}) {
  const [typed, setTyped] = useState("");
  const [again, setAgain] = useState("");
  const [told, setTold] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const hintId = useId();

  useEffect(() => {
    first.current?.focus();
  }, []);

  const strength = passphraseStrength(typed);
  const [hint, level] = hints[strength];
  const tooWeak = secret.refused.includes(strength);
  const differ = typed !== again;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setTold(true);
        if (tooWeak) first.current?.focus();
        else if (differ) second.current?.focus();
        else onSubmit(typed);
      }}
    >
      {before}
      <PassphraseField
        id={secret.id}
        label={text(secret.label)}
        value={typed}
        onValue={setTyped}
        field={first}
        fresh
        invalid={told && tooWeak}
        describedBy={hintId}
      />
      <div id={hintId} class="strength" aria-live="polite">
        {typed !== "" && (
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
        id={`${secret.id}-again`}
        label={text(secret.again)}
        value={again}
        onValue={setAgain}
        field={second}
        fresh
        invalid={told && differ}
      />
      {told && (tooWeak || differ) && (
        <p class="notice bad" role="alert">
          {text(tooWeak ? secret.tooWeak : secret.differ)}
        </p>
      )}
      <Failure code={failure} />
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy}>
          {text(busy ? secret.busy : secret.submit)}
        </button>
        {children}
      </div>
    </form>
  );
}
