import { useState } from "preact/hooks";
import { errorCode, type ErrorCode } from "../../core/errors.ts";
import type { PageProtocol } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask } from "../components/background.ts";
import { CertificateFacts } from "../components/certificate.tsx";
import { Failure } from "../components/failure.tsx";
import { FileDrop, type ChosenFile } from "../components/file-drop.tsx";
import { Icon } from "../components/icon.tsx";
import { VaultQuestion } from "../components/vault-question.tsx";
import { FileName } from "./import.tsx";
import { Judgement } from "./import-preview.tsx";

type Answer = PageProtocol["requests.answer"]["response"];
type Wrong = Extract<Answer, { outcome: "wrong" }>["reason"];

type Step =
  | { readonly step: "choose"; readonly failure: ErrorCode | null }
  | { readonly step: "vault"; readonly vault: "absent" | "locked"; readonly file: ChosenFile }
  | { readonly step: "judged"; readonly file: ChosenFile; readonly answer: Answer };

const reasons: Record<Wrong, string> = {
  "only-authorities": "answer_only_authorities",
  "other-key": "answer_other_key",
  "nothing-waiting": "answer_nothing_waiting",
  "not-for-mail": "answer_not_for_mail",
  expired: "answer_expired",
  known: "answer_known",
};

/** Takes what an issuer sent onto the key that waits for it, or says why it does not fit. */
export function TakeAnswer({ onTaken }: { onTaken: () => void }) {
  const [at, setAt] = useState<Step>({ step: "choose", failure: null });

  const take = async (file: ChosenFile) => {
    try {
      const answer = await ask("requests.answer", { file: file.bytes });
      setAt({ step: "judged", file, answer });
      if (answer.outcome === "taken") onTaken();
    } catch (error) {
      const code = errorCode(error);
      setAt(
        code === "vault-absent" || code === "vault-locked"
          ? { step: "vault", vault: code === "vault-absent" ? "absent" : "locked", file }
          : { step: "choose", failure: code },
      );
    }
  };

  return (
    <section>
      <h2>{text("answer_heading")}</h2>
      {at.step === "vault" ? (
        <div class="card stack">
          <FileName name={at.file.name} />
          <VaultQuestion vault={at.vault} onOpen={() => void take(at.file)}>
            <button
              type="button"
              onClick={() => {
                setAt({ step: "choose", failure: null });
              }}
            >
              {text("cancel")}
            </button>
          </VaultQuestion>
        </div>
      ) : (
        <FileDrop
          id="answer-file"
          label={text("answer_drop")}
          accept=".cer,.crt,.pem,.der,.p7b,.p7c,application/pkix-cert,application/x-pkcs7-certificates"
          onFile={(file) => {
            if (file === null) setAt({ step: "choose", failure: "certificates-not-found" });
            else void take(file);
          }}
        />
      )}
      {at.step === "choose" && <Failure code={at.failure} />}
      {at.step === "judged" && <Verdict answer={at.answer} />}
    </section>
  );
}

function Verdict({ answer }: { answer: Answer }) {
  if (answer.outcome === "wrong") {
    return (
      <p class="notice bad" role="alert" data-reason={answer.reason}>
        <Icon name="warning" />
        <span>{text(reasons[answer.reason], answer.name ?? "")}</span>
      </p>
    );
  }
  return (
    <div class="notice good" role="status" id="answer-taken">
      <Icon name="check" />
      <div class="stack">
        <p>{text("answer_taken")}</p>
        {answer.keys.map((key) => (
          <div key={key.fingerprint} class="stack">
            <Judgement of={key} />
            <CertificateFacts certificate={key} accounts={key.accounts} issuers={key.issuers} />
          </div>
        ))}
        <p>
          <a href="#certificates">{text("answer_see")}</a>
        </p>
      </div>
    </div>
  );
}
