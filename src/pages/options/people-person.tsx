import { useState } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { counted, date, text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { CertificateFacts, Person } from "../components/certificate.tsx";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { notReadyWording } from "../components/not-ready.ts";
import { RemoveButton } from "../components/remove-button.tsx";

type PersonView = PageProtocol["people.list"]["response"][number];
type Certificate = PersonView["certificates"][number];
type Verdicts = PageProtocol["people.verdicts"]["response"];

/** One person; their certificates are looked at when they are opened. */
export function PersonCard({ person, onChange }: { person: PersonView; onChange: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <li class="card" data-address={person.address}>
      <details
        open={open}
        onToggle={(event) => {
          setOpen(event.currentTarget.open);
        }}
      >
        <summary>
          <Person name={person.name} address={person.address} />{" "}
          <span class="hint">{counted("people_certificates", person.certificates.length)}</span>
        </summary>
        {open && <Certificates person={person} onChange={onChange} />}
      </details>
    </li>
  );
}

function Certificates({ person, onChange }: { person: PersonView; onChange: () => void }) {
  const { address, certificates } = person;
  const verdicts = useLoaded(() => ask("people.verdicts", { address }));
  return (
    <div class="stack">
      <Failure code={verdicts.failure} />
      {certificates.map((certificate) => (
        <PersonCertificate
          key={certificate.fingerprint}
          address={address}
          certificate={certificate}
          verdicts={verdicts.value}
          onChange={onChange}
        />
      ))}
    </div>
  );
}

function PersonCertificate({
  address,
  certificate,
  verdicts,
  onChange,
}: {
  address: string;
  certificate: Certificate;
  verdicts: Verdicts | null;
  onChange: () => void;
}) {
  const { busy, failure, run } = useAction();
  const { fingerprint, source, firstSeen, lastSeen } = certificate;
  const save = (format: "der" | "pem" | "p7c") => {
    void run(() => ask("people.export", { fingerprints: [fingerprint], format }));
  };
  const remove = async () => {
    await ask("people.remove", { address, fingerprint });
    onChange();
  };
  return (
    <article class="stack" aria-label={certificate.name} data-fingerprint={fingerprint}>
      {verdicts !== null && <Verdict verdicts={verdicts} fingerprint={fingerprint} />}
      <CertificateFacts certificate={certificate} />
      <p class="hint">
        {source === "file"
          ? text("people_from_file", date(firstSeen))
          : lastSeen === null
            ? text("people_from_message", date(firstSeen))
            : text("people_from_messages", date(firstSeen), date(lastSeen))}
      </p>
      <Failure code={failure} />
      <div class="buttons">
        {(["der", "pem", "p7c"] as const).map((format) => (
          <button
            key={format}
            type="button"
            data-action={`export-${format}`}
            disabled={busy}
            onClick={() => {
              save(format);
            }}
          >
            {text("people_export_as", format === "der" ? ".cer" : `.${format}`)}
          </button>
        ))}
        <RemoveButton
          name={certificate.name}
          title={text("people_remove_title", certificate.name)}
          remove={remove}
        >
          <p>
            {text(
              verdicts?.used === fingerprint ? "people_remove_used" : "people_remove_unused",
              address,
            )}
          </p>
          <p>{text("people_remove_again")}</p>
        </RemoveButton>
      </div>
    </article>
  );
}

function Verdict({ verdicts, fingerprint }: { verdicts: Verdicts; fingerprint: string }) {
  if (verdicts.used === fingerprint) {
    return (
      <p class="line good">
        <Icon name="check" />
        <span>{text("people_used")}</span>
      </p>
    );
  }
  const reason = verdicts.reasons[fingerprint] ?? null;
  return (
    <p class={reason === null ? "line" : "line warn"}>
      <Icon name={reason === null ? "info" : "warning"} />
      <span>{reason === null ? text("people_unused") : text(...notReadyWording(reason))}</span>
    </p>
  );
}
