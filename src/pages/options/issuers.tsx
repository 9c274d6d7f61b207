import { useState } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { date, text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "../components/background.ts";
import { CertificateFacts } from "../components/certificate.tsx";
import { Failure } from "../components/failure.tsx";
import { FileDrop, type ChosenFile } from "../components/file-drop.tsx";
import { Icon } from "../components/icon.tsx";
import { RemoveButton } from "../components/remove-button.tsx";
import { IssuerPreview } from "./trust-preview.tsx";

type Anchor = PageProtocol["trust.list"]["response"][number];
type Previews = PageProtocol["trust.preview"]["response"];

/** What the user trusts beside Thunderbird's own list: issuers, and single certificates. */
export function Issuers({
  anchors,
  onChange,
}: {
  anchors: readonly Anchor[];
  onChange: () => void;
}) {
  const [added, setAdded] = useState<Anchor | null>(null);
  const [tooLarge, setTooLarge] = useState(false);
  const [chosen, setChosen] = useState<{ file: ChosenFile; previews: Previews } | null>(null);
  const { failure, run } = useAction();
  const authorities = anchors.filter(({ kind }) => kind === "authority");
  const certificates = anchors.filter(({ kind }) => kind === "certificate");

  const look = (file: ChosenFile | null) => {
    setAdded(null);
    setChosen(null);
    setTooLarge(file === null);
    if (file === null) return;
    void run(async () => {
      setChosen({ file, previews: await ask("trust.preview", { file: file.bytes }) });
    });
  };
  return (
    <>
      <section aria-labelledby="issuers" class="stack">
        <h2 id="issuers">{text("issuers_heading")}</h2>
        <p>{text("issuers_explanation")}</p>
        {chosen === null ? (
          <FileDrop
            id="issuer-file"
            label={text("issuers_drop")}
            accept=".cer,.crt,.pem,.der,.p7b,.p7c,application/x-x509-ca-cert,application/pkix-cert"
            onFile={look}
          />
        ) : (
          <IssuerPreview
            file={chosen.file}
            previews={chosen.previews}
            onDone={(anchor) => {
              setChosen(null);
              setAdded(anchor);
              if (anchor !== null) onChange();
            }}
          />
        )}
        <Failure code={tooLarge ? "certificate-malformed" : failure} />
        <div role="status">
          {added !== null && (
            <p class="notice good">
              <Icon name="check" />
              <span>{text("issuers_added", added.name)}</span>
            </p>
          )}
        </div>
        {authorities.length === 0 ? (
          <p class="hint">{text("issuers_empty")}</p>
        ) : (
          <ul class="cards" id="user-issuers">
            {authorities.map((anchor) => (
              <TrustedCertificate key={anchor.fingerprint} anchor={anchor} onChange={onChange} />
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="single" class="stack">
        <h2 id="single">{text("trusted_heading")}</h2>
        <p>{text("trusted_explanation")}</p>
        {certificates.length === 0 ? (
          <p class="hint">{text("trusted_empty")}</p>
        ) : (
          <ul class="cards" id="trusted-certificates">
            {certificates.map((anchor) => (
              <TrustedCertificate key={anchor.fingerprint} anchor={anchor} onChange={onChange} />
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

function TrustedCertificate({ anchor, onChange }: { anchor: Anchor; onChange: () => void }) {
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
        <RemoveButton
          name={anchor.name}
          title={text("remove_issuer_title", anchor.name)}
          remove={remove}
        >
          <p>
            {text(
              anchor.kind === "authority"
                ? "remove_issuer_consequence"
                : "remove_trusted_consequence",
            )}
          </p>
        </RemoveButton>
      </div>
      <p class="hint">{originText(anchor)}</p>
      <CertificateFacts certificate={anchor} />
    </li>
  );
}

/** Where it came from, as far as that was written down. */
function originText({ origin }: Anchor): string {
  if (origin === undefined) return text("origin_unknown");
  const at = date(origin.at);
  switch (origin.from) {
    case "file":
      return text("origin_file", origin.name ?? "", at);
    case "key-file":
      return text("origin_key_file", at);
    case "message":
      return origin.name === null
        ? text("origin_message", at)
        : text("origin_message_of", origin.name, at);
  }
}
