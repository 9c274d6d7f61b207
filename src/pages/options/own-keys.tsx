import { useState } from "preact/hooks";
import type { OwnKeyView } from "../../core/protocol.ts";
import { date, text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "../components/background.ts";
import { CertificateFacts } from "../components/certificate.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { TrustIssuer } from "../components/trust-issuer.tsx";
import { trustQuestions } from "./trust-questions.ts";

/** The user's own certificates, each with what may be wrong with it and the way to remove it. */
export function OwnKeys({ keys, onChange }: { keys: readonly OwnKeyView[]; onChange: () => void }) {
  if (keys.length === 0) return <p class="hint">{text("keys_empty")}</p>;
  const asking = trustQuestions(keys);
  return (
    <ul class="cards" id="own-keys">
      {keys.map((key) => (
        <OwnKey
          key={key.fingerprint}
          own={key}
          asksTrust={asking.has(key.fingerprint)}
          onChange={onChange}
        />
      ))}
    </ul>
  );
}

function OwnKey({
  own,
  asksTrust,
  onChange,
}: {
  own: OwnKeyView;
  asksTrust: boolean;
  onChange: () => void;
}) {
  const [asking, setAsking] = useState(false);
  const { busy, failure, run } = useAction();
  const remove = async () => {
    await ask("keys.remove", { fingerprint: own.fingerprint });
    onChange();
  };
  return (
    <li class="card stack" data-fingerprint={own.fingerprint}>
      <div class="card-head">
        <h3>
          <bdi>{own.name}</bdi>
        </h3>
        <button
          type="button"
          data-action="remove"
          aria-label={text("do_remove_named", own.name)}
          onClick={() => {
            setAsking(true);
          }}
        >
          {text("do_remove")}
        </button>
      </div>
      <Condition own={own} />
      <CertificateFacts certificate={own} accounts={own.accounts} />
      {asksTrust && <Trust own={own} onChange={onChange} />}
      {asking && (
        <ConfirmDialog
          title={text("remove_key_title", own.name)}
          action={text("do_remove_key")}
          busy={busy}
          onConfirm={() => void run(remove)}
          onCancel={() => {
            setAsking(false);
          }}
        >
          <p>{text("remove_key_consequence")}</p>
          <p>{text("remove_key_advice")}</p>
          <Failure code={failure} />
        </ConfirmDialog>
      )}
    </li>
  );
}

function Condition({ own }: { own: OwnKeyView }) {
  switch (own.validity) {
    case "expired":
      return (
        <p class="line warn">
          <Icon name="warning" />
          <span>{text("key_expired", date(own.notAfter))}</span>
        </p>
      );
    case "not-yet-valid":
      return (
        <p class="line warn">
          <Icon name="waiting" />
          <span>{text("key_not_yet_valid", date(own.notBefore))}</span>
        </p>
      );
    case "valid":
      return (
        <p class="line good">
          <Icon name="check" />
          <span>{text(own.trust.ok ? "key_valid" : "key_valid_untrusted")}</span>
        </p>
      );
  }
}

/** The question of whether the issuer is trusted, where Thunderbird's list leaves it open. */
function Trust({ own, onChange }: { own: OwnKeyView; onChange: () => void }) {
  if (own.trust.ok) return null;
  const { issuer } = own.trust;
  return (
    <div class="notice info" data-question="trust">
      <Icon name="info" />
      <div class="stack">
        <p>
          {issuer === null
            ? text("trust_issuer_missing", own.issuer)
            : text("trust_question", own.issuer)}
        </p>
        {issuer !== null && <TrustIssuer authority={issuer} onTrusted={onChange} />}
      </div>
    </div>
  );
}
