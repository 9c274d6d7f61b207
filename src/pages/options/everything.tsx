import { useState } from "preact/hooks";
import { errorCode, type ErrorCode } from "../../core/errors.ts";
import { counted, text } from "../../thunderbird/i18n.ts";
import type { PageProtocol } from "../../core/protocol.ts";
import { ask } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { FileDrop, type ChosenFile } from "../components/file-drop.tsx";
import { Icon } from "../components/icon.tsx";
import { PassphraseField } from "../components/passphrase-field.tsx";
import { VaultQuestion } from "../components/vault-question.tsx";
import { WorkProgress } from "../components/work-progress.tsx";
import { BackupForm } from "./backup-form.tsx";
import { FileName } from "./import.tsx";

type Restored = NonNullable<PageProtocol["backup.restore"]["response"]>;

/** Ten thousand people with all that is known of them are some tens of megabytes. */
const LARGEST_BACKUP = 512 * 1024 * 1024;

/** Everything that the add-on keeps, as one encrypted file, and back from it. */
export function Everything() {
  const [saving, setSaving] = useState(false);
  return (
    <section aria-labelledby="everything" class="stack">
      <h2 id="everything">{text("everything_heading")}</h2>
      <p>{text("everything_explanation")}</p>
      {saving ? (
        <div class="card stack">
          <BackupForm
            explanation="everything_password"
            onSave={(password, work) => ask("backup.save", { password, work })}
            onClose={() => {
              setSaving(false);
            }}
          />
        </div>
      ) : (
        <div class="buttons">
          <button
            type="button"
            data-action="save-everything"
            onClick={() => {
              setSaving(true);
            }}
          >
            {text("everything_save")}
          </button>
        </div>
      )}
      <Restore />
    </section>
  );
}

type Step =
  | { readonly step: "choose"; readonly failure: ErrorCode | null }
  | { readonly step: "password"; readonly file: ChosenFile; readonly failure: ErrorCode | null }
  | {
      readonly step: "vault";
      readonly file: ChosenFile;
      readonly password: string;
      readonly vault: "absent" | "locked";
    }
  | { readonly step: "restoring"; readonly file: ChosenFile; readonly work: string }
  | { readonly step: "done"; readonly restored: Restored }
  | { readonly step: "ended" };

function Restore() {
  const [at, setAt] = useState<Step>({ step: "choose", failure: null });
  const [typed, setTyped] = useState("");

  const restore = async (file: ChosenFile, password: string) => {
    const work = crypto.randomUUID();
    setAt({ step: "restoring", file, work });
    try {
      const restored = await ask("backup.restore", { file: file.bytes, password, work });
      setTyped("");
      setAt(restored === null ? { step: "ended" } : { step: "done", restored });
    } catch (error) {
      const code = errorCode(error);
      if (code === "vault-absent" || code === "vault-locked") {
        const vault = code === "vault-absent" ? "absent" : "locked";
        setAt({ step: "vault", file, password, vault });
      } else if (code === "backup-malformed" || code === "backup-unsupported") {
        setAt({ step: "choose", failure: code });
      } else setAt({ step: "password", file, failure: code });
    }
  };
  const putAside = (
    <button
      type="button"
      onClick={() => {
        setTyped("");
        setAt({ step: "choose", failure: null });
      }}
    >
      {text("cancel")}
    </button>
  );

  switch (at.step) {
    case "choose":
    case "done":
    case "ended":
      return (
        <div class="stack">
          {at.step === "done" && <Done restored={at.restored} />}
          <div role="status">{at.step === "ended" && <p>{text("everything_ended")}</p>}</div>
          <FileDrop
            id="backup-file"
            label={text("everything_restore")}
            accept=".backup,application/octet-stream"
            largest={LARGEST_BACKUP}
            onFile={(file) => {
              setAt(
                file === null
                  ? { step: "choose", failure: "backup-malformed" }
                  : { step: "password", file, failure: null },
              );
            }}
          />
          {at.step === "choose" && <Failure code={at.failure} />}
        </div>
      );
    case "vault":
      return (
        <div class="card stack">
          <FileName name={at.file.name} />
          <VaultQuestion vault={at.vault} onOpen={() => void restore(at.file, at.password)}>
            {putAside}
          </VaultQuestion>
        </div>
      );
    case "restoring":
      return (
        <div class="card stack">
          <FileName name={at.file.name} />
          <WorkProgress work={at.work} label={text("everything_restoring")} />
        </div>
      );
    case "password": {
      const { file, failure } = at;
      return (
        <form
          class="card stack"
          onSubmit={(event) => {
            event.preventDefault();
            void restore(file, typed);
          }}
        >
          <FileName name={file.name} />
          <PassphraseField
            id="restore-password"
            label={text("everything_restore_password")}
            value={typed}
            onValue={setTyped}
            invalid={failure === "backup-wrong-password"}
          />
          <Failure code={failure} />
          <div class="buttons">
            <button type="submit" class="primary" data-action="restore">
              {text("everything_do_restore")}
            </button>
            {putAside}
          </div>
        </form>
      );
    }
  }
}

function Done({ restored }: { restored: Restored }) {
  return (
    <div class="notice good" role="status" id="restored">
      <Icon name="check" />
      <div>
        <p>{text("everything_restored")}</p>
        <p>{counted("everything_keys", restored.keys)}</p>
        <p>{counted("everything_people", restored.people)}</p>
        <p>{counted("everything_anchors", restored.anchors)}</p>
      </div>
    </div>
  );
}
