import { useId } from "preact/hooks";
import { text } from "../../thunderbird/i18n.ts";

/** One of several, each with a sentence that explains it. `legend`, labels and explanations are keys. */
export function Choices<T extends string>({
  legend,
  name,
  options,
  value,
  busy,
  onChoose,
}: {
  legend: string;
  name: string;
  options: readonly {
    readonly value: T;
    readonly label: string;
    readonly explanation: string;
  }[];
  value: T | null;
  busy: boolean;
  onChoose: (value: T) => void;
}) {
  const id = useId();
  return (
    <fieldset class="choices" disabled={busy}>
      <legend>{text(legend)}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            aria-labelledby={`${id}-${option.value}`}
            aria-describedby={`${id}-${option.value}-why`}
            onChange={() => {
              onChoose(option.value);
            }}
          />
          <span>
            <span id={`${id}-${option.value}`}>{text(option.label)}</span>
            <span id={`${id}-${option.value}-why`} class="hint">
              {text(option.explanation)}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
