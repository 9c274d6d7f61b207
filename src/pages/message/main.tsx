import { Fragment } from "preact";
import type { MessageStatus } from "../../core/protocol.ts";
import { date, text } from "../../thunderbird/i18n.ts";
import { activeTab } from "../components/active-tab.ts";
import { ask, useLoaded, type Loaded } from "../components/background.ts";
import { CertificateFacts, Person } from "../components/certificate.tsx";
import {
  attentionWordings,
  evidenceWordings,
  nextWording,
  stateWording,
} from "../components/exchange.ts";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { mount } from "../components/mount.tsx";
import { NextButton } from "../components/next-button.tsx";
import { Steps } from "../components/steps.tsx";
import { TrustIssuer } from "../components/trust-issuer.tsx";
import { UnlockForm } from "../components/vault-forms.tsx";
import {
  canTrustIssuer,
  encryptionReason,
  headerCaveat,
  headerName,
  outsideWording,
  signatureReason,
  summaryOf,
} from "./wording.ts";

function Message() {
  const message = useLoaded(async () => ask("message.describe", { tabId: await activeTab() }));
  const status = message.value;
  return (
    <main>
      <h1 class="visually-hidden">{text("message_heading")}</h1>
      <Failure code={message.failure} />
      {status !== null && (
        <>
          <Summary status={status} refresh={refresh(message)} />
          <ProtectedHeader status={status} />
          <Signature status={status} />
          <ExchangeWithSender status={status} />
        </>
      )}
    </main>
  );
}

/** After unlocking or trusting, the background reads the message anew. */
function refresh(message: Loaded<MessageStatus>): () => Promise<void> {
  return async () => {
    await ask("message.refresh", { tabId: await activeTab() });
    await message.reload();
  };
}

function Summary({ status, refresh }: { status: MessageStatus; refresh: () => Promise<void> }) {
  const { icon, sentence } = summaryOf(status);
  const why = signatureReason(status);
  const secret = encryptionReason(status);
  const caveat = headerCaveat(status);
  return (
    <section class={`fate ${icon}`} data-protection={status.protection}>
      <Icon name={icon} large />
      <div class="stack">
        <div role="status">
          <p class="sentence">{text(...sentence)}</p>
          {secret !== null && <p>{text(...secret)}</p>}
          {why !== null && <p>{text(...why)}</p>}
          {caveat !== null && <p class="hint">{text(...caveat)}</p>}
        </div>
        {status.encryption.verdict === "locked" && (
          <UnlockForm autoFocus onUnlocked={() => void refresh()} />
        )}
        {canTrustIssuer(status) && status.signature.authority !== null && (
          <div class="card">
            <TrustIssuer authority={status.signature.authority} onTrusted={() => void refresh()} />
          </div>
        )}
      </div>
    </section>
  );
}

/** Only what reads otherwise outside: the rest stands in Thunderbird's header pane. */
function ProtectedHeader({ status: { headers } }: { status: MessageStatus }) {
  if (headers.length === 0) return null;
  return (
    <section aria-labelledby="header-heading">
      <h2 id="header-heading">{text("protected_header_heading")}</h2>
      <dl class="facts">
        {headers.map((header, index) => (
          <Fragment key={index}>
            <dt>{text(...headerName(header))}</dt>
            <dd>
              <bdi>{header.value}</bdi>
              <span class={header.confidential ? "hint" : "warn"}>
                {text(...outsideWording(header))}
              </span>
            </dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

function Signature({ status: { signature, encryption } }: { status: MessageStatus }) {
  const { signer, algorithm, signedAt } = signature;
  if (signer === null && encryption.cipher === null) return null;
  return (
    <section aria-labelledby="details-heading">
      <h2 id="details-heading">{text("details_heading")}</h2>
      <dl class="facts">
        {signer !== null && (
          <>
            <dt>
              {text(signature.verdict === "valid" ? "fact_signer" : "fact_signer_unconfirmed")}
            </dt>
            <dd>
              <bdi>{signer.name}</bdi>
            </dd>
          </>
        )}
        {signedAt !== null && (
          <>
            <dt>{text("fact_signed_at")}</dt>
            <dd>{date(signedAt)}</dd>
          </>
        )}
        {algorithm !== null && (
          <>
            <dt>{text("fact_algorithm")}</dt>
            <dd>{algorithm}</dd>
          </>
        )}
        {encryption.cipher !== null && (
          <>
            <dt>{text("fact_cipher")}</dt>
            <dd>{encryption.cipher.toUpperCase()}</dd>
          </>
        )}
      </dl>
      {signer !== null && (
        <details>
          <summary>{text("certificate_details")}</summary>
          <CertificateFacts certificate={signer} />
        </details>
      )}
    </section>
  );
}

function ExchangeWithSender({ status }: { status: MessageStatus }) {
  const { exchange } = status;
  if (exchange === null) return null;
  // The question above is the next step already.
  const next = canTrustIssuer(status) ? null : exchange.next;
  const explanation = next === null ? null : nextWording(next);
  return (
    <section aria-labelledby="exchange-heading" data-state={exchange.state}>
      <h2 id="exchange-heading">{text("exchange_heading")}</h2>
      <Person name={exchange.name} address={exchange.address} />
      <Steps state={exchange.state} labels />
      <p class="state">{text(...stateWording(exchange))}</p>
      {attentionWordings(exchange.attention).map((wording) => (
        <p key={wording[0]} class="line warn">
          <Icon name="warning" />
          <span>{text(...wording)}</span>
        </p>
      ))}
      {explanation !== null && <p class="hint">{text(...explanation)}</p>}
      <ul class="evidence">
        {evidenceWordings(exchange.evidence, date).map((wording) => (
          <li key={wording[0]}>{text(...wording)}</li>
        ))}
      </ul>
      {next !== null && (
        <div class="buttons">
          <NextButton contact={exchange} />
        </div>
      )}
    </section>
  );
}

mount(text("message_action_title"), <Message />);
