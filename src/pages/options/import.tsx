import type { ComponentChildren } from "preact";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { errorCode, type ErrorCode } from "../../core/errors.ts";
import type { OwnKeyView } from "../../core/protocol.ts";
import { date, text } from "../../thunderbird/i18n.ts";
import { ask } from "../components/background.ts";
import { usesText } from "../components/certificate.tsx";
import { Failure } from "../components/failure.tsx";
import { FileDrop } from "../components/file-drop.tsx";
import { Icon } from "../components/icon.tsx";
import { PassphraseField } from "../components/passphrase-field.tsx";
import { VaultQuestion } from "../components/vault-question.tsx";
import { importFlow, start, type ImportEvent } from "./import-flow.ts";
import { ImportPreview } from "./import-preview.tsx";

/** Takes a key file from the file picker into the vault. `onImported`: the list of keys is new. */
export function ImportCertificate({ onImported }: { onImported: () => void }) {
  const [flow, happen] = useReducer(importFlow, start);

  useEffect(() => {
    const failed = (error: unknown) => {
      happen({ type: "failed", code: errorCode(error) });
    };
    if (flow.step === "opening") {
      ask("keys.preview", { file: flow.file.bytes, password: flow.password }).then((preview) => {
        happen({ type: "opened", preview });
      }, failed);
    }
    if (flow.step === "importing") {
      ask("keys.import", { file: flow.file.bytes, password: flow.password }).then((summary) => {
        happen({ type: "imported", summary });
        onImported();
      }, failed);
    }
  }, [flow]);

  const putAside = (
    <button
      type="button"
      onClick={() => {
        happen({ type: "put-aside" });
      }}
    >
      {text("cancel")}
    </button>
  );

  switch (flow.step) {
    case "choose":
    case "done":
      return (
        <div class="stack">
          {flow.step === "done" && <Imported added={flow.added} />}
          <FileDrop
            id="import-file"
            label={text("import_drop")}
            accept=".p12,.pfx,application/x-pkcs12"
            onFile={(file) => {
              happen({ type: "chosen", file });
            }}
          />
          {flow.step === "choose" && <Failure code={flow.failure} />}
        </div>
      );
    case "opening":
    case "password":
      return (
        <div class="card stack">
          <FileName name={flow.file.name} />
          {flow.step === "opening" && !flow.asked ? (
            <p role="status">{text("import_opening")}</p>
          ) : (
            <PasswordForm
              initial={flow.step === "opening" ? flow.password : ""}
              busy={flow.step === "opening"}
              failure={flow.step === "password" ? flow.failure : null}
              happen={happen}
            >
              {putAside}
            </PasswordForm>
          )}
        </div>
      );
    case "preview":
    case "importing":
      return (
        <div class="card stack">
          <FileName name={flow.file.name} />
          <ImportPreview keys={flow.preview.keys} />
          {flow.step === "preview" && <Failure code={flow.failure} />}
          <div class="buttons">
            <button
              type="button"
              class="primary"
              data-action="import"
              disabled={flow.step === "importing"}
              onClick={() => {
                happen({ type: "confirmed" });
              }}
            >
              {text(flow.step === "importing" ? "importing" : "do_import_file")}
            </button>
            {putAside}
          </div>
        </div>
      );
    case "vault":
      return (
        <div class="card stack">
          <FileName name={flow.file.name} />
          <VaultQuestion
            vault={flow.vault}
            onOpen={() => {
              happen({ type: "vault-opened" });
            }}
          >
            {putAside}
          </VaultQuestion>
        </div>
      );
  }
}

export function FileName({ name }: { name: string }) {
  return (
    <p class="line">
      <Icon name="file" />
      <span>
        {text("import_chosen")} <bdi class="name">{name}</bdi>
      </span>
    </p>
  );
}

function PasswordForm({
  initial,
  busy,
  failure,
  happen,
  children,
}: {
  initial: string;
  busy: boolean;
  failure: ErrorCode | null;
  happen: (event: ImportEvent) => void;
  children: ComponentChildren;
}) {
  const [password, setPassword] = useState(initial);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!busy) field.current?.select();
  }, [busy]);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        happen({ type: "submitted", password });
      }}
    >
      <PassphraseField
        id="import-password"
        label={text("import_password")}
        value={password}
        onValue={setPassword}
        field={field}
        invalid={failure === "pkcs12-wrong-password"}
      />
      <p class="hint">{text("import_password_hint")}</p>
      <Failure code={failure} />
      <div class="buttons">
        <button type="submit" class="primary" data-action="open" disabled={busy}>
          {text(busy ? "import_opening" : "do_open_file")}
        </button>
        {children}
      </div>
    </form>
  );
}

function Imported({ added }: { added: readonly OwnKeyView[] }) {
  return (
    <div class="notice good" role="status" id="import-summary">
      <Icon name="check" />
      <div>
        {added.map((key) => (
          <p key={key.fingerprint}>
            {text("import_done", key.name, usesText(key), date(key.notAfter))}
            {key.accounts.length === 0 && ` ${text("import_no_account", key.addresses.join(", "))}`}
          </p>
        ))}
        {added.length === 0 && <p>{text("import_nothing_new")}</p>}
      </div>
    </div>
  );
}
