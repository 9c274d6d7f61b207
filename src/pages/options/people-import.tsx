import { useEffect, useRef, useState } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { counted, text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "../components/background.ts";
import { CertificateFacts, Fingerprint } from "../components/certificate.tsx";
import { Failure } from "../components/failure.tsx";
import { FileDrop } from "../components/file-drop.tsx";
import { Icon } from "../components/icon.tsx";
import { notReadyWording } from "../components/not-ready.ts";

type Preview = PageProtocol["people.preview"]["response"];
type Found = Preview["found"][number];

/** Other people's certificates from a file or from the address books, looked at before they are stored. */
export function PeopleImport({ onAdded }: { onAdded: () => void }) {
  const [preview, setPreview] = useState<Preview | null>(null);
  const [added, setAdded] = useState<number | null>(null);
  const [tooLarge, setTooLarge] = useState(false);
  const { busy, failure, run } = useAction();

  const look = (load: () => Promise<Preview>) => {
    setAdded(null);
    setTooLarge(false);
    void run(async () => {
      setPreview(await load());
    });
  };
  if (preview !== null) {
    return (
      <PeoplePreview
        preview={preview}
        onDone={(count) => {
          setPreview(null);
          setAdded(count);
          if (count !== null) onAdded();
        }}
      />
    );
  }
  return (
    <div class="stack">
      <FileDrop
        id="people-file"
        label={text("people_drop")}
        accept=".cer,.crt,.der,.pem,.p7b,.p7c,.vcf,application/pkix-cert,application/x-x509-user-cert,text/vcard"
        onFile={(file) => {
          if (file === null) setTooLarge(true);
          else look(() => ask("people.preview", { file: file.bytes }));
        }}
      />
      <div class="buttons">
        <button
          type="button"
          data-action="address-books"
          disabled={busy}
          onClick={() => {
            look(() => ask("people.addressBooks", null));
          }}
        >
          {text("people_address_books")}
        </button>
      </div>
      <Failure code={tooLarge ? "certificates-not-found" : failure} />
      <div role="status">
        {added !== null && (
          <p class="notice good">
            <Icon name="check" />
            <span>{counted("people_added", added)}</span>
          </p>
        )}
      </div>
    </div>
  );
}

/** Which of them can be stored: a person's, with an address, that is not here yet. */
function canBeAdded({ fit }: Found): boolean {
  return fit === "new" || fit === "other-key";
}

function PeoplePreview({
  preview,
  onDone,
}: {
  preview: Preview;
  /** null: nothing was stored. */
  onDone: (added: number | null) => void;
}) {
  const [confirmed, setConfirmed] = useState<ReadonlySet<string>>(new Set());
  const { busy, failure, run } = useAction();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const fingerprints = preview.found.filter(canBeAdded).map(({ fingerprint }) => fingerprint);
  return (
    <div class="card stack" id="people-preview">
      <h2 ref={heading} tabIndex={-1}>
        {counted("people_preview", preview.found.length)}
      </h2>
      {preview.unreadable > 0 && (
        <p class="hint">{counted("people_unreadable", preview.unreadable)}</p>
      )}
      <ul class="cards">
        {preview.found.map((found) => (
          <li key={found.fingerprint} class="card stack" data-fingerprint={found.fingerprint}>
            <h3>
              <bdi>{found.name}</bdi>
            </h3>
            <Fit found={found} />
            {found.fit === "other-key" && found.beside !== null && (
              <Comparison
                found={found}
                beside={found.beside}
                confirmed={confirmed.has(found.fingerprint)}
                onConfirm={(on) => {
                  const next = new Set(confirmed);
                  if (on) next.add(found.fingerprint);
                  else next.delete(found.fingerprint);
                  setConfirmed(next);
                }}
              />
            )}
            <details>
              <summary>{text("people_details")}</summary>
              <CertificateFacts certificate={found} />
            </details>
          </li>
        ))}
      </ul>
      <Failure code={failure} />
      <div class="buttons">
        {fingerprints.length > 0 && (
          <button
            type="button"
            class="primary"
            data-action="add"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                const { added } = await ask("people.add", {
                  file: preview.file,
                  fingerprints,
                  confirmed: [...confirmed],
                });
                onDone(added);
              })
            }
          >
            {counted("people_add", fingerprints.length)}
          </button>
        )}
        <button
          type="button"
          disabled={busy}
          onClick={() => {
            onDone(null);
          }}
        >
          {text("cancel")}
        </button>
      </div>
    </div>
  );
}

const fits = {
  new: "people_fit_new",
  known: "people_fit_known",
  "other-key": "people_fit_other_key",
  issuer: "people_fit_issuer",
  own: "people_fit_own",
  "no-address": "people_fit_no_address",
} as const satisfies Record<Found["fit"], string>;

function Fit({ found: { fit, problem, addresses } }: { found: Found }) {
  const fine = fit === "new" && problem === null;
  return (
    <>
      <p class={fine ? "line good" : fit === "other-key" ? "line warn" : "line"} data-fit={fit}>
        <Icon name={fine ? "check" : fit === "other-key" ? "warning" : "info"} />
        <span>{text(fits[fit], addresses.join(", "))}</span>
      </p>
      {problem !== null && (
        <p class="line warn" data-problem={problem}>
          <Icon name="warning" />
          <span>{text(...notReadyWording(problem))}</span>
        </p>
      )}
    </>
  );
}

/** The known key and the one in the file, and the user's word that they compared them. */
function Comparison({
  found,
  beside,
  confirmed,
  onConfirm,
}: {
  found: Found;
  beside: NonNullable<Found["beside"]>;
  confirmed: boolean;
  onConfirm: (on: boolean) => void;
}) {
  return (
    <div class="choices">
      <dl class="facts">
        <dt>{text("people_known_key")}</dt>
        <dd>
          <Fingerprint value={beside.fingerprint} />
        </dd>
        <dt>{text("people_new_key")}</dt>
        <dd>
          <Fingerprint value={found.fingerprint} />
        </dd>
      </dl>
      <label>
        <input
          type="checkbox"
          checked={confirmed}
          onChange={(event) => {
            onConfirm(event.currentTarget.checked);
          }}
        />
        <span>{text("people_compared")}</span>
      </label>
      <p class="hint">{text("people_compare_hint")}</p>
    </div>
  );
}
