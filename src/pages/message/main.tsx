import { Fragment } from "preact";
import type { MessagePanel, MessageStatus } from "../../core/protocol.ts";
import { date, text } from "../../thunderbird/i18n.ts";
import { activeTab } from "../components/active-tab.ts";
import { ask, useLoaded, type Loaded } from "../components/background.ts";
import { Person } from "../components/certificate.tsx";
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
import { UnlockForm } from "../components/vault-forms.tsx";
import { Details } from "./details.tsx";
import { RemedyCard } from "./remedy-card.tsx";
import { isSignerLapsed, remedyOf } from "./remedy.ts";
import {
  encryptionReason,
  headerCaveat,
  headerName,
  outsideWording,
  signatureReason,
  summaryOf,
} from "./wording.ts";

function Message() {
  const message = useLoaded(async () => ask("message.describe", { tabId: await activeTab() }));
  const panel = message.value;
  return (
    <main>
      <h1 class="visually-hidden">{text("message_heading")}</h1>
      <Failure code={message.failure} />
      {panel !== null && (
        <>
          <Summary panel={panel} refresh={refresh(message)} />
          <ProtectedHeader status={panel.status} />
          <ExchangeWithSender panel={panel} />
          <Details panel={panel} />
        </>
      )}
    </main>
  );
}

/** After unlocking or trusting, the background reads the message anew. */
function refresh(message: Loaded<MessagePanel>): () => Promise<void> {
  return async () => {
    await ask("message.refresh", { tabId: await activeTab() });
    await message.reload();
  };
}

function Summary({ panel, refresh }: { panel: MessagePanel; refresh: () => Promise<void> }) {
  const { status } = panel;
  const { icon, sentence } = summaryOf(status);
  const why = isSignerLapsed(panel) ? (["path_expired"] as const) : signatureReason(status);
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
        <RemedyCard panel={panel} refresh={refresh} />
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

function ExchangeWithSender({ panel }: { panel: MessagePanel }) {
  const { exchange } = panel.status;
  if (exchange === null) return null;
  // What stands above is the next step already.
  const next = remedyOf(panel) === null ? exchange.next : null;
  const explanation = next === null ? null : nextWording(next);
  return (
    <section aria-labelledby="exchange-heading" data-state={exchange.state}>
      <h2 id="exchange-heading">{text("exchange_heading")}</h2>
      <Person name={exchange.name} address={exchange.address} />
      <Steps state={exchange.state} labels />
      <p class="state">{text(...stateWording(exchange))}</p>
      {attentionWordings(exchange, date).map((wording) => (
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
