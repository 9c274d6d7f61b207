import { useId, useState } from "preact/hooks";
import type { ErrorCode } from "../../core/errors.ts";
import type { IdentityView, PageProtocol } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { Choices } from "../components/choices.tsx";
import { Failure } from "../components/failure.tsx";

type Wish = PageProtocol["requests.make"]["request"];

const kinds: readonly {
  readonly value: Wish["kind"];
  readonly label: string;
  readonly explanation: string;
}[] = [
  { value: "rsa-3072", label: "new_key_rsa", explanation: "new_key_rsa_explained" },
  { value: "p-256", label: "new_key_p256", explanation: "new_key_p256_explained" },
  { value: "ed25519", label: "new_key_ed25519", explanation: "new_key_ed25519_explained" },
];

/** For which of the accounts' addresses, under which name, and with which kind of key. */
export function NewKeyForm({
  identities,
  busy,
  failure,
  onWish,
}: {
  identities: readonly IdentityView[];
  busy: boolean;
  failure: ErrorCode | null;
  onWish: (wish: Wish, purpose: "request" | "self-signed") => void;
}) {
  const [chosen, setChosen] = useState(identities.find(({ ready }) => !ready) ?? identities[0]);
  const [name, setName] = useState<string | null>(null);
  const [kind, setKind] = useState<Wish["kind"]>("rsa-3072");
  const id = useId();
  if (chosen === undefined) return <p class="hint">{text("new_key_no_account")}</p>;
  const shownName = name ?? chosen.name;
  const wish = () => ({ name: shownName, address: chosen.address, kind });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        onWish(wish(), "request");
      }}
    >
      <div class="field">
        <label for={`${id}-address`}>{text("new_key_address")}</label>
        <select
          id={`${id}-address`}
          value={chosen.id}
          disabled={busy}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setChosen(identities.find((identity) => identity.id === value));
            setName(null);
          }}
        >
          {identities.map((identity) => (
            <option key={identity.id} value={identity.id}>
              {identity.address}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={`${id}-name`}>{text("new_key_name")}</label>
        <input
          id={`${id}-name`}
          type="text"
          autocomplete="name"
          dir="auto"
          value={shownName}
          disabled={busy}
          aria-describedby={`${id}-name-hint`}
          onInput={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <span id={`${id}-name-hint`} class="hint">
          {text("new_key_name_hint")}
        </span>
      </div>
      <Choices
        legend="new_key_kind"
        name="new-key-kind"
        options={kinds}
        value={kind}
        busy={busy}
        onChoose={setKind}
      />
      <Failure code={failure} />
      <p role="status">{busy ? text("new_key_making") : ""}</p>
      <div class="buttons">
        <button type="submit" class="primary" data-action="make-request" disabled={busy}>
          {text("new_key_request")}
        </button>
        <button
          type="button"
          data-action="self-signed"
          disabled={busy}
          onClick={() => {
            onWish(wish(), "self-signed");
          }}
        >
          {text("new_key_self_signed")}
        </button>
      </div>
      <p class="hint">{text("new_key_self_signed_hint")}</p>
    </form>
  );
}
