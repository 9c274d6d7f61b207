import { useState } from "preact/hooks";
import { errorCode, type ErrorCode } from "../../core/errors.ts";
import type { OwnKeyView, PageProtocol } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useLoaded } from "../components/background.ts";
import { CertificateFacts } from "../components/certificate.tsx";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { VaultQuestion } from "../components/vault-question.tsx";
import { NewKeyForm } from "./new-key-form.tsx";
import { TakeAnswer } from "./take-answer.tsx";
import { WaitingKey } from "./waiting-key.tsx";

type Wish = PageProtocol["requests.make"]["request"];
type Purpose = "request" | "self-signed";

type Step =
  | { readonly step: "choose"; readonly failure: ErrorCode | null }
  | {
      readonly step: "vault";
      readonly vault: "absent" | "locked";
      readonly wish: Wish;
      readonly purpose: Purpose;
    }
  | { readonly step: "making" }
  | { readonly step: "made"; readonly certificate: OwnKeyView };

/** The ways to a certificate for someone who has none: a request to an issuer, or one to try out. */
export function Request() {
  const requests = useLoaded(() => ask("requests.list", null));
  const identities = useLoaded(() => ask("identities.list", null));
  const [at, setAt] = useState<Step>({ step: "choose", failure: null });
  const choose = () => {
    setAt({ step: "choose", failure: null });
  };

  const make = async (wish: Wish, purpose: Purpose) => {
    setAt({ step: "making" });
    try {
      if (purpose === "self-signed") {
        setAt({ step: "made", certificate: await ask("requests.selfSigned", wish) });
      } else {
        await ask("requests.make", wish);
        await requests.reload();
        choose();
      }
    } catch (error) {
      const code = errorCode(error);
      if (code === "vault-absent" || code === "vault-locked") {
        const vault = code === "vault-absent" ? "absent" : "locked";
        setAt({ step: "vault", vault, wish, purpose });
      } else setAt({ step: "choose", failure: code });
    }
  };

  return (
    <>
      <p>{text("request_explanation")}</p>
      <Failure code={requests.failure ?? identities.failure} />
      {requests.value !== null && requests.value.length > 0 && (
        <section>
          <h2>{text("request_waiting_heading")}</h2>
          <ul class="cards" id="waiting-keys">
            {requests.value.map((waiting) => (
              <WaitingKey
                key={waiting.id}
                waiting={waiting}
                onRemoved={() => void requests.reload()}
              />
            ))}
          </ul>
        </section>
      )}
      <TakeAnswer onTaken={() => void requests.reload()} />
      <section>
        <h2>{text("request_new_heading")}</h2>
        {at.step === "made" && <SelfSigned certificate={at.certificate} />}
        {at.step === "vault" && (
          <div class="card stack">
            <VaultQuestion vault={at.vault} onOpen={() => void make(at.wish, at.purpose)}>
              <button type="button" onClick={choose}>
                {text("cancel")}
              </button>
            </VaultQuestion>
          </div>
        )}
        {at.step !== "vault" && identities.value !== null && (
          <NewKeyForm
            identities={identities.value}
            busy={at.step === "making"}
            failure={at.step === "choose" ? at.failure : null}
            onWish={(wish, purpose) => void make(wish, purpose)}
          />
        )}
      </section>
    </>
  );
}

function SelfSigned({ certificate }: { certificate: OwnKeyView }) {
  return (
    <div class="notice good" role="status" id="self-signed">
      <Icon name="check" />
      <div class="stack">
        <p>{text("self_signed_made")}</p>
        <CertificateFacts certificate={certificate} accounts={certificate.accounts} />
      </div>
    </div>
  );
}
