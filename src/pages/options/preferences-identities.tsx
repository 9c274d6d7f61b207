import type { PageProtocol } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded, type Loaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";

type Settings = PageProtocol["settings.get"]["response"];
type Protection = Settings["defaultProtection"];

const choices: readonly { readonly value: Protection; readonly label: string }[] = [
  { value: "encrypt-when-ready", label: "protection_encrypt" },
  { value: "sign", label: "protection_sign" },
  { value: "none", label: "protection_none" },
];

/** Where one of several sending addresses is to differ from the others. Nothing where there is one. */
export function IdentityProtection({ settings }: { settings: Loaded<Settings> }) {
  const identities = useLoaded(() => ask("identities.list", null));
  const { busy, failure, run } = useAction();
  const addresses = [...new Set((identities.value ?? []).map(({ canonical }) => canonical))];
  if (settings.value === null || addresses.length < 2) {
    return <Failure code={identities.failure} />;
  }
  const { protectionOf } = settings.value;
  const choose = (address: string, value: string) => {
    const others = Object.entries(protectionOf).filter(([known]) => known !== address);
    const chosen = choices.find((choice) => choice.value === value);
    void run(async () => {
      await ask("settings.set", {
        protectionOf: Object.fromEntries([
          ...others,
          ...(chosen === undefined ? [] : [[address, chosen.value]]),
        ]) as Settings["protectionOf"],
      });
      await settings.reload();
    });
  };
  return (
    <section aria-labelledby="identity-protection" class="stack">
      <h2 id="identity-protection">{text("identity_protection_heading")}</h2>
      <p>{text("identity_protection_explanation")}</p>
      {addresses.map((address) => (
        <div key={address} class="field inline">
          <label for={`protection-${address}`}>
            <bdi>{address}</bdi>
          </label>
          <select
            id={`protection-${address}`}
            disabled={busy}
            value={protectionOf[address] ?? ""}
            onChange={(event) => {
              choose(address, event.currentTarget.value);
            }}
          >
            <option value="">{text("identity_protection_same")}</option>
            {choices.map(({ value, label }) => (
              <option key={value} value={value}>
                {text(label)}
              </option>
            ))}
          </select>
        </div>
      ))}
      <Failure code={failure} />
    </section>
  );
}
