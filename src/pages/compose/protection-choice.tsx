import { useId } from "preact/hooks";
import type { DraftView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { choices, outcomeOf, type Choice } from "../components/draft-wording.ts";

/**
 * The three things that can become of a message. Until the user has chosen, the one that is marked
 * follows the settings and the recipients; the mark itself can be chosen too, and then stays.
 */
export function ProtectionChoice({
  view,
  busy,
  choose,
}: {
  view: DraftView;
  busy: boolean;
  choose: (choice: Choice) => void;
}) {
  const id = useId();
  const automatic = view.choice === "automatic";
  const marked = automatic ? outcomeOf(view) : view.choice;
  return (
    <fieldset class="choices" disabled={busy} aria-describedby={`${id}-who`}>
      <legend>{text("choice_legend")}</legend>
      {choices.map(({ value, label, explanation }) => (
        <label key={value}>
          <input
            type="radio"
            name="choice"
            value={value}
            checked={value === marked}
            aria-labelledby={`${id}-${value}`}
            aria-describedby={`${id}-${value}-why`}
            // Unlike a change, a click also confirms what is marked already.
            onClick={() => {
              choose(value);
            }}
          />
          <span>
            <span id={`${id}-${value}`}>{text(label)}</span>
            <span id={`${id}-${value}-why`} class="hint">
              {text(explanation)}
            </span>
          </span>
        </label>
      ))}
      <p id={`${id}-who`} class="hint">
        {text(automatic ? "choice_automatic_explained" : "choice_explicit")}
      </p>
      {!automatic && (
        <div class="buttons">
          <button
            type="button"
            data-action="automatic"
            onClick={() => {
              choose("automatic");
            }}
          >
            {text("choice_automatic")}
          </button>
        </div>
      )}
    </fieldset>
  );
}
