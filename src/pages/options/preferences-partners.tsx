import { useEffect, useState } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, type Loaded } from "../components/background.ts";
import { Choices } from "../components/choices.tsx";
import { Failure } from "../components/failure.tsx";

type Settings = PageProtocol["settings.get"]["response"];

const forms: readonly {
  readonly value: Settings["opaqueSignatures"];
  readonly label: string;
  readonly explanation: string;
}[] = [
  { value: "never", label: "opaque_never", explanation: "opaque_never_explained" },
  { value: "listed", label: "opaque_listed", explanation: "opaque_listed_explained" },
  { value: "always", label: "opaque_always", explanation: "opaque_always_explained" },
];

/** What only partners with odd programs or servers need. */
export function OddPartners({ settings }: { settings: Loaded<Settings> }) {
  const { busy, failure, run } = useAction();
  const [typed, setTyped] = useState("");
  const value = settings.value;
  const stored = value?.opaqueFor.join("\n") ?? "";
  useEffect(() => {
    setTyped(stored);
  }, [stored]);
  const set = (change: Partial<Settings>) => {
    void run(async () => {
      await ask("settings.set", change);
      await settings.reload();
    });
  };
  return (
    <section aria-labelledby="partners" class="stack">
      <h2 id="partners">{text("partners_heading")}</h2>
      <p>{text("partners_explanation")}</p>
      <Choices
        legend="opaque_legend"
        name="opaque"
        options={forms}
        value={value?.opaqueSignatures ?? null}
        busy={busy}
        onChoose={(opaqueSignatures) => {
          set({ opaqueSignatures });
        }}
      />
      {value?.opaqueSignatures === "listed" && (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            set({ opaqueFor: typed.split(/[\s,;]+/).filter((address) => address.includes("@")) });
          }}
        >
          <div class="field">
            <label for="opaque-for">{text("opaque_for")}</label>
            <textarea
              id="opaque-for"
              rows={4}
              value={typed}
              spellcheck={false}
              onInput={(event) => {
                setTyped(event.currentTarget.value);
              }}
            />
          </div>
          <div class="buttons">
            <button type="submit" disabled={busy || typed === stored}>
              {text("opaque_for_save")}
            </button>
          </div>
        </form>
      )}
      <div class="choices">
        <label>
          <input
            type="checkbox"
            checked={value?.eightBit === true}
            disabled={busy || value === null}
            aria-describedby="eight-bit-why"
            onChange={(event) => {
              set({ eightBit: event.currentTarget.checked });
            }}
          />
          <span>{text("eight_bit")}</span>
        </label>
        <p id="eight-bit-why" class="hint">
          {text("eight_bit_explained")}
        </p>
      </div>
      <Failure code={failure} />
    </section>
  );
}
