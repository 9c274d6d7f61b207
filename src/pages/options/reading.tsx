import type { PageProtocol } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { Choices } from "../components/choices.tsx";
import { Failure } from "../components/failure.tsx";

type OpenEncrypted = PageProtocol["settings.get"]["response"]["openEncrypted"];

const choices: readonly {
  readonly value: OpenEncrypted;
  readonly label: string;
  readonly explanation: string;
}[] = [
  { value: "on-click", label: "reading_on_click", explanation: "reading_on_click_explained" },
  {
    value: "automatically",
    label: "reading_automatically",
    explanation: "reading_automatically_explained",
  },
];

/** When an encrypted message opens; nothing where all of them are shown in their place. */
export function Reading() {
  const openEncrypted = useLoaded(() => ask("settings.openEncrypted", null));
  const { busy, failure, run } = useAction();
  if (openEncrypted.value === null) return <Failure code={openEncrypted.failure} />;
  return (
    <section aria-labelledby="reading" class="stack">
      <h2 id="reading">{text("reading_heading")}</h2>
      <Choices
        legend="reading_legend"
        name="reading"
        options={choices}
        value={openEncrypted.value}
        busy={busy}
        onChoose={(choice) => {
          void run(async () => {
            await ask("settings.set", { openEncrypted: choice });
            await openEncrypted.reload();
          });
        }}
      />
      <Failure code={failure ?? openEncrypted.failure} />
    </section>
  );
}
