import type { PageProtocol } from "../../core/protocol.ts";
import { counted, text } from "../../thunderbird/i18n.ts";
import { ask, useAction, type Loaded } from "../components/background.ts";
import { Choices } from "../components/choices.tsx";
import { Failure } from "../components/failure.tsx";
import { VaultControl } from "../components/vault-control.tsx";
import { lockChoices } from "./lock-choices.ts";
import { Passphrase } from "./passphrase.tsx";

type Settings = PageProtocol["settings.get"]["response"];
type VaultState = PageProtocol["vault.state"]["response"];

const protections: readonly {
  readonly value: Settings["defaultProtection"];
  readonly label: string;
  readonly explanation: string;
}[] = [
  {
    value: "encrypt-when-ready",
    label: "protection_encrypt",
    explanation: "protection_encrypt_explained",
  },
  { value: "sign", label: "protection_sign", explanation: "protection_sign_explained" },
  { value: "none", label: "protection_none", explanation: "protection_none_explained" },
];

/** What every new message gets unless the user decides otherwise in it. */
export function DefaultProtection({ settings }: { settings: Loaded<Settings> }) {
  const { busy, failure, run } = useAction();
  return (
    <section aria-labelledby="protection" class="stack">
      <h2 id="protection">{text("protection_heading")}</h2>
      <Choices
        legend="protection_legend"
        name="protection"
        options={protections}
        value={settings.value?.defaultProtection ?? null}
        busy={busy}
        onChoose={(defaultProtection) => {
          void run(async () => {
            await ask("settings.set", { defaultProtection });
            await settings.reload();
          });
        }}
      />
      <Failure code={failure ?? settings.failure} />
    </section>
  );
}

/** The passphrase that guards the private keys, and how long it holds. */
export function Security({
  vault,
  settings,
}: {
  vault: Loaded<VaultState>;
  settings: Loaded<Settings>;
}) {
  const { busy, failure, run } = useAction();
  const minutes = settings.value?.lockAfterMinutes ?? 0;
  return (
    <section aria-labelledby="security" class="stack">
      <h2 id="security">{text("security_heading")}</h2>
      <p>{text(vault.value === "absent" ? "security_absent" : "security_explanation")}</p>
      <VaultControl vault={vault} />
      <Passphrase vault={vault} />
      <div class="field inline">
        <label for="lock-after">{text("lock_after_label")}</label>
        <select
          id="lock-after"
          value={String(minutes)}
          disabled={busy || settings.value === null}
          onChange={(event) => {
            const lockAfterMinutes = Number(event.currentTarget.value);
            void run(async () => {
              await ask("settings.set", { lockAfterMinutes });
              await settings.reload();
            });
          }}
        >
          {lockChoices(minutes).map((choice) => (
            <option key={choice} value={String(choice)}>
              {choice === 0 ? text("lock_after_exit") : counted("lock_after_minutes", choice)}
            </option>
          ))}
        </select>
      </div>
      <Failure code={failure} />
    </section>
  );
}
