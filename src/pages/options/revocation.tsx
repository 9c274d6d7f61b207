import { useState } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { api } from "../../thunderbird/api.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, type Loaded } from "../components/background.ts";
import { Choices } from "../components/choices.tsx";
import { Failure } from "../components/failure.tsx";

type Settings = PageProtocol["settings.get"]["response"];

const options: readonly {
  readonly value: Settings["revocation"];
  readonly label: string;
  readonly explanation: string;
}[] = [
  { value: "off", label: "revocation_off", explanation: "revocation_off_explained" },
  { value: "online", label: "revocation_online", explanation: "revocation_online_explained" },
  { value: "strict", label: "revocation_strict", explanation: "revocation_strict_explained" },
];

/** Issuers publish at addresses of their own, which nobody can name beforehand. */
const ANY_ISSUER = { origins: ["http://*/*", "https://*/*"] };

/** Whether issuers are asked if a certificate is still good, and what that tells them. */
export function Revocation({ settings }: { settings: Loaded<Settings> }) {
  const [refused, setRefused] = useState(false);
  const { busy, failure, run } = useAction();
  return (
    <section aria-labelledby="revocation" class="stack">
      <h2 id="revocation">{text("revocation_heading")}</h2>
      <Choices
        legend="revocation_legend"
        name="revocation"
        options={options}
        value={settings.value?.revocation ?? null}
        busy={busy}
        onChoose={(revocation) => {
          void run(async () => {
            // First of all: Thunderbird asks the user only in answer to a click.
            const allowed = revocation === "off" || (await api.permissions.request(ANY_ISSUER));
            setRefused(!allowed);
            if (allowed) await ask("settings.set", { revocation });
            await settings.reload();
          });
        }}
      />
      <div role="status">{refused && <p class="hint">{text("revocation_refused")}</p>}</div>
      <Failure code={failure ?? settings.failure} />
    </section>
  );
}
