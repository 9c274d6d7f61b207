import { useState } from "preact/hooks";
import { text } from "../../thunderbird/i18n.ts";
import { errorCode, type ErrorCode } from "../../core/errors.ts";
import type { Saved } from "../../core/protocol.ts";
import { Icon } from "../components/icon.tsx";
import { NewSecretForm, passwordForBackup } from "../components/new-secret-form.tsx";
import { UnlockForm } from "../components/vault-forms.tsx";
import { WorkProgress } from "../components/work-progress.tsx";

type Step =
  | { readonly step: "password"; readonly failure: ErrorCode | null }
  | { readonly step: "unlock"; readonly password: string }
  | { readonly step: "saving"; readonly work: string }
  | { readonly step: "saved"; readonly path: string };

/**
 * Saves keys as a file under a password of its own.
 * @param explanation key of a string
 */
export function BackupForm({
  explanation,
  onSave,
  onClose,
}: {
  explanation: string;
  /** `work` names what takes seconds. */
  onSave: (password: string, work: string) => Promise<Saved>;
  onClose: () => void;
}) {
  const [at, setAt] = useState<Step>({ step: "password", failure: null });

  const save = async (password: string) => {
    const work = crypto.randomUUID();
    setAt({ step: "saving", work });
    try {
      const saved = await onSave(password, work);
      if (saved.outcome === "saved") setAt({ step: "saved", path: saved.path });
      else onClose();
    } catch (error) {
      const failure = errorCode(error);
      setAt(
        failure === "vault-locked" ? { step: "unlock", password } : { step: "password", failure },
      );
    }
  };
  const close = (
    <button type="button" onClick={onClose}>
      {text(at.step === "saved" ? "close" : "cancel")}
    </button>
  );

  return (
    <div class="stack" data-backup={at.step}>
      {at.step !== "saved" && <p class="hint">{text(explanation)}</p>}
      {at.step === "password" && (
        <NewSecretForm
          secret={passwordForBackup}
          busy={false}
          failure={at.failure}
          onSubmit={(password) => void save(password)}
        >
          {close}
        </NewSecretForm>
      )}
      {at.step === "unlock" && (
        <UnlockForm autoFocus onUnlocked={() => void save(at.password)}>
          {close}
        </UnlockForm>
      )}
      {at.step === "saving" && <WorkProgress work={at.work} label={text("backup_saving")} />}
      {at.step === "saved" && (
        <>
          <p class="notice good" role="status">
            <Icon name="check" />
            <span>
              {text("backup_saved")} <bdi dir="ltr">{at.path}</bdi>
            </span>
          </p>
          <div class="buttons">{close}</div>
        </>
      )}
    </div>
  );
}
