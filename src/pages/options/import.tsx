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
import { NewVaultForm, UnlockForm } from "../components/vault-forms.tsx";
import { importFlow, start } from "./import-flow.ts";

/** Takes a key file from the file picker into the vault. `onImported`: the list of keys is new. */
export function ImportCertificate({ onImported }: { onImported: () => void }) {
  const [flow, happen] = useReducer(importFlow, start);

  useEffect(() => {
    if (flow.step !== "importing") return;
    ask("keys.import", { file: flow.file.bytes, password: flow.password }).then(
      (summary) => {
        happen({ type: "imported", summary });
        onImported();
      },
      (error: unknown) => {
        happen({ type: "failed", code: errorCode(error) });
      },
    );
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
    case "password":
    case "importing":
      return (
        <div class="card stack">
          <FileName name={flow.file.name} />
          <PasswordForm
            initial={flow.step === "importing" ? flow.password : ""}
            busy={flow.step === "importing"}
            failure={flow.step === "password" ? flow.failure : null}
            onSubmit={(password) => {
              happen({ type: "submitted", password });
            }}
          >
            {putAside}
          </PasswordForm>
        </div>
      );
    case "vault":
      return (
        <div class="card stack">
          <FileName name={flow.file.name} />
          {flow.vault === "absent" ? (
            <>
              <h3>{text("vault_create_heading")}</h3>
              <p>{text("vault_create_explanation")}</p>
              <NewVaultForm
                onCreated={() => {
                  happen({ type: "vault-opened" });
                }}
              >
                {putAside}
              </NewVaultForm>
            </>
          ) : (
            <>
              <h3>{text("vault_unlock_heading")}</h3>
              <p>{text("prompt_purpose_manage")}</p>
              <UnlockForm
                autoFocus
                onUnlocked={() => {
                  happen({ type: "vault-opened" });
                }}
              >
                {putAside}
              </UnlockForm>
            </>
          )}
        </div>
      );
  }
}

function FileName({ name }: { name: string }) {
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
  onSubmit,
  children,
}: {
  initial: string;
  busy: boolean;
  failure: ErrorCode | null;
  onSubmit: (password: string) => void;
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
        onSubmit(password);
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
        <button type="submit" class="primary" data-action="import" disabled={busy}>
          {text(busy ? "importing" : "do_import_file")}
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
