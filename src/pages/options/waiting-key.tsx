import { useId, useState } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { date, text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "../components/background.ts";
import { Person } from "../components/certificate.tsx";
import { Failure } from "../components/failure.tsx";
import { RemoveButton } from "../components/remove-button.tsx";

type Waiting = PageProtocol["requests.list"]["response"][number];

const kinds: Record<Waiting["kind"], string> = {
  "rsa-3072": "RSA 3072",
  "p-256": "EC P-256",
  ed25519: "Ed25519",
};

/** A key that waits, with its request to hand to an issuer. */
export function WaitingKey({ waiting, onRemoved }: { waiting: Waiting; onRemoved: () => void }) {
  const [told, setTold] = useState("");
  const { busy, failure, run } = useAction();
  const id = useId();
  const save = () =>
    run(async () => {
      const saved = await ask("requests.save", { id: waiting.id });
      setTold(saved.outcome === "saved" ? text("request_saved", saved.path) : "");
    });
  const copy = () =>
    run(async () => {
      await navigator.clipboard.writeText(waiting.request);
      setTold(text("request_copied"));
    });
  return (
    <li class="card stack" data-waiting={waiting.id}>
      <h3>
        <Person name={waiting.name === "" ? null : waiting.name} address={waiting.address} />
      </h3>
      <p>{text("request_since", date(waiting.createdAt), kinds[waiting.kind])}</p>
      <p>{text("request_what_to_do")}</p>
      <details>
        <summary>{text("request_show")}</summary>
        <div class="field">
          <label for={id} class="visually-hidden">
            {text("request_text_label")}
          </label>
          <textarea
            id={id}
            class="encoded"
            dir="ltr"
            rows={8}
            readOnly
            spellcheck={false}
            value={waiting.request}
          />
        </div>
      </details>
      <p role="status">{told}</p>
      <Failure code={failure} />
      <div class="buttons">
        <button
          type="button"
          class="primary"
          data-action="save-request"
          disabled={busy}
          onClick={() => void save()}
        >
          {text("request_save")}
        </button>
        <button
          type="button"
          data-action="copy-request"
          disabled={busy}
          onClick={() => void copy()}
        >
          {text("request_copy")}
        </button>
        <RemoveButton
          name={waiting.address}
          title={text("request_remove_title", waiting.address)}
          action={text("request_remove")}
          disabled={busy}
          remove={async () => {
            await ask("requests.remove", { id: waiting.id });
            onRemoved();
          }}
        >
          <p>{text("request_remove_consequence")}</p>
        </RemoveButton>
      </div>
    </li>
  );
}
