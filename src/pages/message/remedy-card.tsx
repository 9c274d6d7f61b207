import type { MessagePanel } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { openOptions } from "../components/open-options.ts";
import { TrustIssuer } from "../components/trust-issuer.tsx";
import { activeTab } from "../components/active-tab.ts";
import { remedyOf } from "./remedy.ts";
import { TrustCertificate } from "./trust-certificate.tsx";

/** The one action that would change what is said above it. */
export function RemedyCard({
  panel,
  refresh,
}: {
  panel: MessagePanel;
  refresh: () => Promise<void>;
}) {
  const { signature, from, exchange } = panel.status;
  const changed = () => void refresh();
  switch (remedyOf(panel)) {
    case null:
      return null;
    case "trust-authority":
      return signature.authority === null ? null : (
        <div class="card" data-remedy="trust-authority">
          <TrustIssuer authority={signature.authority} onTrusted={changed} />
        </div>
      );
    case "trust-certificate":
      return signature.signer === null ? null : (
        <div class="card" data-remedy="trust-certificate">
          <TrustCertificate certificate={signature.signer} onTrusted={changed} />
        </div>
      );
    case "keep-certificate":
      return (
        <Remedy
          name="keep-certificate"
          explanation="remedy_keep"
          label="do_keep_certificate"
          act={async () => {
            await ask("message.keepCertificate", { tabId: await activeTab() });
            await refresh();
          }}
        />
      );
    case "ask-new-certificate":
      return (
        <Letter
          name="ask-new-certificate"
          explanation="remedy_ask_new"
          label="do_ask_new"
          letter="new-certificate"
          to={exchange?.address ?? from}
          identity={exchange?.identity ?? null}
        />
      );
    case "ask-again":
      return (
        <Letter
          name="ask-again"
          explanation="remedy_ask_again"
          label="do_ask_again"
          letter="again"
          to={exchange?.address ?? from}
          identity={exchange?.identity ?? null}
        />
      );
    case "preferences":
      return (
        <Remedy
          name="preferences"
          explanation="remedy_preferences"
          label="do_open_preferences"
          act={async () => {
            await openOptions("preferences");
            window.close();
          }}
        />
      );
  }
}

function Remedy({
  name,
  explanation,
  label,
  act,
}: {
  name: string;
  explanation: string;
  label: string;
  act: () => Promise<void>;
}) {
  const { busy, failure, run } = useAction();
  return (
    <div class="stack" data-remedy={name}>
      <p class="hint">{text(explanation)}</p>
      <Failure code={failure} />
      <div class="buttons">
        <button type="button" data-action={name} disabled={busy} onClick={() => void run(act)}>
          {text(label)}
        </button>
      </div>
    </div>
  );
}

const letters = {
  "new-certificate": ["ask_new_subject", "ask_new_body"],
  again: ["ask_again_subject", "ask_again_body"],
} as const;

/** A mail that is written already and leaves signed; the user looks at it and sends it. */
function Letter({
  letter,
  to,
  identity,
  ...remedy
}: {
  name: string;
  explanation: string;
  label: string;
  letter: keyof typeof letters;
  to: string;
  identity: string | null;
}) {
  const [subject, body] = letters[letter];
  const write = async () => {
    await ask("exchange.compose", {
      identity,
      to,
      subject: text(subject),
      body: text(body),
      protection: "signed",
    });
    window.close();
  };
  return <Remedy {...remedy} act={write} />;
}
