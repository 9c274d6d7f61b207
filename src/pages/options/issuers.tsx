import { useState } from "preact/hooks";
import type { AnchorView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "../components/background.ts";
import { CertificateFacts } from "../components/certificate.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { Failure } from "../components/failure.tsx";
import { FileDrop, type ChosenFile } from "../components/file-drop.tsx";
import { Icon } from "../components/icon.tsx";

/** The issuers that the user trusts beside Thunderbird's own list. */
export function Issuers({
  anchors,
  onChange,
}: {
  anchors: readonly AnchorView[];
  onChange: () => void;
}) {
  const [added, setAdded] = useState<AnchorView | null>(null);
  const [tooLarge, setTooLarge] = useState(false);
  const { failure, run } = useAction();
  const own = anchors.filter(({ source }) => source === "user");

  const add = (file: ChosenFile | null) => {
    setAdded(null);
    setTooLarge(file === null);
    if (file === null) return;
    void run(async () => {
      setAdded(await ask("trust.add", { file: file.bytes }));
      onChange();
    });
  };
  return (
    <section aria-labelledby="issuers" class="stack">
      <h2 id="issuers">{text("issuers_heading")}</h2>
      <p>{text("issuers_explanation")}</p>
      <FileDrop
        id="issuer-file"
        label={text("issuers_drop")}
        accept=".cer,.crt,.pem,.der,application/x-x509-ca-cert,application/pkix-cert"
        onFile={add}
      />
      <Failure code={tooLarge ? "certificate-malformed" : failure} />
      {added !== null && (
        <p class="notice good" role="status">
          <Icon name="check" />
          <span>{text("issuers_added", added.name)}</span>
        </p>
      )}
      {own.length === 0 ? (
        <p class="hint">{text("issuers_empty")}</p>
      ) : (
        <ul class="cards" id="user-issuers">
          {own.map((anchor) => (
            <Issuer key={anchor.fingerprint} anchor={anchor} onChange={onChange} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Issuer({ anchor, onChange }: { anchor: AnchorView; onChange: () => void }) {
  const [asking, setAsking] = useState(false);
  const { busy, failure, run } = useAction();
  const remove = async () => {
    await ask("trust.remove", { fingerprint: anchor.fingerprint });
    onChange();
  };
  return (
    <li class="card stack" data-fingerprint={anchor.fingerprint}>
      <div class="card-head">
        <h3>
          <bdi>{anchor.name}</bdi>
        </h3>
        <button
          type="button"
          data-action="remove"
          aria-label={text("do_remove_named", anchor.name)}
          onClick={() => {
            setAsking(true);
          }}
        >
          {text("do_remove")}
        </button>
      </div>
      <CertificateFacts certificate={anchor} />
      {asking && (
        <ConfirmDialog
          title={text("remove_issuer_title", anchor.name)}
          action={text("do_remove")}
          busy={busy}
          onConfirm={() => void run(remove)}
          onCancel={() => {
            setAsking(false);
          }}
        >
          <p>{text("remove_issuer_consequence")}</p>
          <Failure code={failure} />
        </ConfirmDialog>
      )}
    </li>
  );
}
