import { useState } from "preact/hooks";
import type { IdentityView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";

/** Starts the exchange with an address that is not in the list yet. */
export function NewContact({ identities }: { identities: readonly IdentityView[] }) {
  const [to, setTo] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const { busy, failure, run } = useAction();
  const identity = chosen ?? identities[0]?.address ?? null;
  const send = async () => {
    await ask("exchange.compose", {
      identity,
      to: to.trim(),
      subject: text("hello_subject"),
      body: text("hello_body"),
    });
    window.close();
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void run(send);
      }}
    >
      <div class="field">
        <label for="new-contact">{text("new_contact_label")}</label>
        <span class="with-button">
          <input
            id="new-contact"
            type="text"
            inputMode="email"
            autocomplete="off"
            required
            pattern="\s*[^@\s]+@[^@\s]+\s*"
            title={text("new_contact_example")}
            value={to}
            onInput={(event) => {
              setTo(event.currentTarget.value);
            }}
          />
          <button type="submit" disabled={busy}>
            {text("do_hello")}
          </button>
        </span>
      </div>
      {identities.length > 1 && (
        <div class="field inline">
          <label for="new-contact-identity">{text("new_contact_identity")}</label>
          <select
            id="new-contact-identity"
            value={identity ?? ""}
            onChange={(event) => {
              setChosen(event.currentTarget.value);
            }}
          >
            {identities.map(({ id, address, name }) => (
              <option key={id} value={address}>
                {name === "" ? address : `${name} <${address}>`}
              </option>
            ))}
          </select>
        </div>
      )}
      <Failure code={failure} />
    </form>
  );
}
