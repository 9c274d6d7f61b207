import type { RefObject } from "preact";
import { useId, useState } from "preact/hooks";
import { text } from "../../thunderbird/i18n.ts";

const kinds = { shown: { type: "text" }, hidden: { type: "password" } } as const;

/** A hidden field that can be uncovered: long passphrases are hard to type blind. */
export function PassphraseField({
  label,
  value,
  onValue,
  id,
  field,
  fresh = false,
  invalid = false,
  describedBy,
}: {
  label: string;
  value: string;
  onValue: (value: string) => void;
  id?: string;
  field?: RefObject<HTMLInputElement | null>;
  /** A new secret, which password managers may offer to make up. */
  fresh?: boolean;
  invalid?: boolean;
  describedBy?: string | undefined;
}) {
  const [shown, setShown] = useState(false);
  const ownId = useId();
  const fieldId = id ?? ownId;
  return (
    <div class="field">
      <label for={fieldId}>{label}</label>
      <span class="with-button">
        <input
          id={fieldId}
          ref={field ?? null}
          {...(shown ? kinds.shown : kinds.hidden)}
          autocomplete={fresh ? "new-password" : "off"}
          spellcheck={false}
          dir="auto"
          value={value}
          aria-invalid={invalid}
          {...(describedBy === undefined ? {} : { "aria-describedby": describedBy })}
          onInput={(event) => {
            onValue(event.currentTarget.value);
          }}
        />
        <button
          type="button"
          class="quiet"
          aria-pressed={shown}
          aria-label={text("passphrase_show_label", label)}
          onClick={() => {
            setShown(!shown);
          }}
        >
          {text(shown ? "passphrase_hide" : "passphrase_show")}
        </button>
      </span>
    </div>
  );
}
