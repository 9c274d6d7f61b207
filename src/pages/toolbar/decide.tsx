import { useEffect, useRef } from "preact/hooks";
import type { CertificateView } from "../../core/protocol.ts";
import { date, text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { Fingerprint, Person } from "../components/certificate.tsx";
import { composeStep } from "../components/compose.ts";
import { askWhetherChanged } from "../components/exchange.ts";
import { Failure } from "../components/failure.tsx";
import { openOptions } from "../components/open-options.ts";
import { TrustIssuer } from "../components/trust-issuer.tsx";

export interface Deciding {
  readonly address: string;
  readonly shownAddress: string;
  readonly name: string | null;
  /** Whom the question to them comes from. */
  readonly identity: string | null;
}

/** A contact's certificates that wait for a word of the user's. Nothing is used before. */
export function Decide({ who, onClose }: { who: Deciding; onClose: () => void }) {
  const question = useLoaded(() => ask("contacts.question", { address: who.address }));
  const { busy, failure, run } = useAction();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { known = null, changed = [], untrusted = [] } = question.value ?? {};
  const settled = question.value !== null && changed.length === 0 && untrusted.length === 0;

  return (
    <main>
      <header class="bar">
        <h1 ref={heading} tabIndex={-1}>
          {text("decide_heading")}
        </h1>
        <button type="button" class="quiet" onClick={onClose}>
          {text("do_back")}
        </button>
      </header>
      <Person name={who.name} address={who.shownAddress} />
      <Failure code={question.failure ?? failure} />
      <div role="status">{settled && <p>{text("decide_settled")}</p>}</div>

      {changed.map((certificate) => (
        <section
          key={certificate.fingerprint}
          aria-labelledby={`changed-${certificate.fingerprint}`}
        >
          <h2 id={`changed-${certificate.fingerprint}`}>{text("decide_changed_heading")}</h2>
          <p>{text(known === null ? "decide_changed_alone" : "decide_changed")}</p>
          <div class="side-by-side">
            {known !== null && <Side title={text("decide_known")} certificate={known} />}
            <Side title={text("decide_new")} certificate={certificate} />
          </div>
          <p class="hint">{text("decide_compare")}</p>
          <div class="buttons">
            <button
              type="button"
              class="primary"
              data-action="confirm-key"
              disabled={busy}
              onClick={() =>
                void run(async () => {
                  const { fingerprint } = certificate;
                  await ask("contacts.confirmKey", { address: who.address, fingerprint });
                  await question.reload();
                })
              }
            >
              {text("do_confirm_key")}
            </button>
            <button
              type="button"
              data-action="ask-changed"
              disabled={busy}
              onClick={() =>
                void run(async () => {
                  await composeStep(who, askWhetherChanged);
                  window.close();
                })
              }
            >
              {text(askWhetherChanged.label)}
            </button>
          </div>
        </section>
      ))}

      {untrusted.map(({ certificate, authority }) => (
        <section
          key={certificate.fingerprint}
          aria-labelledby={`untrusted-${certificate.fingerprint}`}
        >
          <h2 id={`untrusted-${certificate.fingerprint}`}>{text("decide_untrusted_heading")}</h2>
          <p>
            {certificate.selfSigned === true
              ? text("decide_self_signed")
              : text("decide_untrusted", certificate.issuer)}
          </p>
          {authority !== null && (
            <TrustIssuer authority={authority} onTrusted={() => void question.reload()} />
          )}
          {authority === null && certificate.selfSigned !== true && (
            <div class="buttons">
              <button
                type="button"
                data-action="add-issuer"
                onClick={() => void run(() => openOptions("trust").then(closeWindow))}
              >
                {text("do_add_issuer")}
              </button>
            </div>
          )}
          <p class="hint">
            {text(certificate.selfSigned === true ? "decide_trust_only" : "decide_trust_one")}
          </p>
          <Side title={text("decide_theirs")} certificate={certificate} />
          <div class="buttons">
            <button
              type="button"
              data-action="trust-certificate"
              disabled={busy}
              onClick={() =>
                void run(async () => {
                  const { fingerprint } = certificate;
                  await ask("trust.addCertificate", { fingerprint });
                  await question.reload();
                })
              }
            >
              {text("do_trust_certificate")}
            </button>
          </div>
        </section>
      ))}
    </main>
  );
}

function closeWindow(): void {
  window.close();
}

/** One of two certificates, so that the eye finds the same facts at the same height. */
function Side({ title, certificate }: { title: string; certificate: CertificateView }) {
  return (
    <dl class="side">
      <dt class="title">{title}</dt>
      <dd>
        <bdi>{certificate.name}</bdi>
      </dd>
      <dt>{text("fact_issuer")}</dt>
      <dd>
        {certificate.selfSigned === true ? (
          text("fact_self_signed")
        ) : (
          <bdi>{certificate.issuer}</bdi>
        )}
      </dd>
      <dt>{text("fact_validity")}</dt>
      <dd>
        {text("fact_validity_range", date(certificate.notBefore), date(certificate.notAfter))}
      </dd>
      <dt>{text("fact_key")}</dt>
      <dd>{certificate.key}</dd>
      <dt>{text("fact_fingerprint")}</dt>
      <dd>
        <Fingerprint value={certificate.fingerprint} />
      </dd>
    </dl>
  );
}
