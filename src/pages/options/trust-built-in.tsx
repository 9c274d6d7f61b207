import { useState } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { counted, text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { CertificateFacts } from "../components/certificate.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";

type BuiltIn = PageProtocol["trust.builtIn"]["response"]["anchors"][number];

/** Thunderbird's own list, in which the user can look and take trust away. */
export function BuiltInIssuers() {
  const list = useLoaded(() => ask("trust.builtIn", null));
  const [query, setQuery] = useState("");
  if (list.value === null) return <Failure code={list.failure} />;
  const { anchors, thunderbird } = list.value;
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const { compare } = new Intl.Collator();
  const found = anchors
    .filter(({ name, organization }) => {
      const haystack = `${name} ${organization ?? ""}`.toLocaleLowerCase();
      return words.every((word) => haystack.includes(word));
    })
    .sort((a, b) => Number(a.trusted) - Number(b.trusted) || compare(a.name, b.name));
  return (
    <section aria-labelledby="built-in" class="stack">
      <h2 id="built-in">{text("built_in_heading")}</h2>
      <p>{text("built_in_explanation", thunderbird)}</p>
      <div class="field">
        <label for="built-in-filter">{counted("built_in_filter", anchors.length)}</label>
        <input
          id="built-in-filter"
          type="search"
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
          }}
        />
      </div>
      <p class="hint" role="status">
        {query !== "" && counted("built_in_found", found.length)}
      </p>
      <ul class="rows" id="built-in-issuers">
        {found.map((anchor) => (
          <BuiltInIssuer
            key={anchor.fingerprint}
            anchor={anchor}
            onChange={() => void list.reload()}
          />
        ))}
      </ul>
    </section>
  );
}

function BuiltInIssuer({ anchor, onChange }: { anchor: BuiltIn; onChange: () => void }) {
  const [asking, setAsking] = useState(false);
  const { busy, failure, run } = useAction();
  const { fingerprint, name, organization, trusted } = anchor;
  const set = (next: boolean) => {
    void run(async () => {
      await ask("trust.setBuiltIn", { fingerprint, trusted: next });
      setAsking(false);
      onChange();
    });
  };
  return (
    <li data-fingerprint={fingerprint} data-trusted={trusted}>
      <details>
        <summary>
          <bdi class="name">{name}</bdi>{" "}
          {organization !== null && organization !== name && <bdi class="hint">{organization}</bdi>}
          {!trusted && (
            <span class="line warn">
              <Icon name="warning" />
              <span>{text("built_in_distrusted")}</span>
            </span>
          )}
        </summary>
        <div class="stack">
          <CertificateFacts certificate={anchor} />
          <Failure code={failure} />
          <div class="buttons">
            <button
              type="button"
              data-action={trusted ? "distrust" : "restore"}
              disabled={busy}
              aria-label={text(trusted ? "do_distrust_named" : "do_restore_named", name)}
              onClick={() => {
                if (trusted) setAsking(true);
                else set(true);
              }}
            >
              {text(trusted ? "do_distrust" : "do_restore")}
            </button>
          </div>
        </div>
      </details>
      {asking && (
        <ConfirmDialog
          title={text("remove_issuer_title", name)}
          action={text("do_distrust_confirm")}
          busy={busy}
          onConfirm={() => {
            set(false);
          }}
          onCancel={() => {
            setAsking(false);
          }}
        >
          <p>{text("distrust_consequence")}</p>
          <Failure code={failure} />
        </ConfirmDialog>
      )}
    </li>
  );
}
