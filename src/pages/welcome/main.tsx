import type { ComponentChildren } from "preact";
import type { IdentityView, OwnKeyView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { mount } from "../components/mount.tsx";
import { openOptions } from "../components/open-options.ts";
import { Steps } from "../components/steps.tsx";
import { ImportCertificate } from "../options/import.tsx";
import { IssuerQuestion } from "../options/own-key-notices.tsx";
import { trustQuestions } from "../options/trust-questions.ts";

/** From nothing to the first signed mail: the set-up here, and what comes next. */
function Welcome() {
  const keys = useLoaded(() => ask("keys.list", null));
  const identities = useLoaded(() => ask("identities.list", null));
  const changed = () => {
    void keys.reload();
    void identities.reload();
  };
  const ready = (identities.value ?? []).filter((identity) => identity.ready);
  const isReady = ready.length > 0;
  return (
    <main>
      <header>
        <img src="../../icons/logo.svg" alt="" width="48" height="48" />
        <div>
          <h1>{text("welcome_title")}</h1>
          <p class="hint">{text("welcome_lead")}</p>
        </div>
      </header>
      <Steps state={isReady ? "none" : "setup"} labels />
      <Failure code={keys.failure ?? identities.failure} />
      <Step title={text("welcome_setup")} done={isReady}>
        {isReady ? (
          <Ready identities={ready} keys={keys.value ?? []} onChange={changed} />
        ) : (
          <p>{text("welcome_setup_explained")}</p>
        )}
        <ImportCertificate onImported={changed} />
        {!isReady && (
          <>
            <p>{text("welcome_none_yet")}</p>
            <div class="buttons">
              <button
                type="button"
                data-action="request"
                onClick={() => void openOptions("request")}
              >
                {text("welcome_get_one")}
              </button>
            </div>
          </>
        )}
      </Step>
      <Step title={text("welcome_find")} done={false}>
        <p>{text("welcome_find_explained")}</p>
        <div class="buttons">
          <button
            type="button"
            data-action="find"
            disabled={!isReady}
            onClick={() => void openOptions("find")}
          >
            {text("welcome_do_find")}
          </button>
        </div>
      </Step>
      <Step title={text("welcome_hello")} done={false}>
        <p>{text("welcome_hello_explained")}</p>
        <Hello from={ready[0] ?? null} />
      </Step>
    </main>
  );
}

function Step({
  title,
  done,
  children,
}: {
  title: string;
  done: boolean;
  children: ComponentChildren;
}) {
  return (
    <section class="stack">
      <h2>
        {title}
        {done && <span class="tag">{text("step_done")}</span>}
      </h2>
      {children}
    </section>
  );
}

function Ready({
  identities,
  keys,
  onChange,
}: {
  identities: readonly IdentityView[];
  keys: readonly OwnKeyView[];
  onChange: () => void;
}) {
  const asking = trustQuestions(keys);
  return (
    <>
      {identities.map(({ id, address }) => (
        <p key={id} class="line good">
          <Icon name="check" />
          <span>{text("welcome_ready", address)}</span>
        </p>
      ))}
      {keys
        .filter(({ fingerprint }) => asking.has(fingerprint))
        .map((own) => (
          <IssuerQuestion key={own.fingerprint} own={own} onChange={onChange} />
        ))}
    </>
  );
}

function Hello({ from }: { from: IdentityView | null }) {
  const { busy, failure, run } = useAction();
  return (
    <>
      <Failure code={failure} />
      <div class="buttons">
        <button
          type="button"
          class={from === null ? "" : "primary"}
          data-action="send-hello"
          disabled={busy || from === null}
          onClick={() =>
            void run(() =>
              ask("exchange.compose", {
                identity: from?.address ?? null,
                to: null,
                subject: text("hello_subject"),
                body: text("hello_body"),
                protection: "signed",
              }),
            )
          }
        >
          {text("do_hello")}
        </button>
      </div>
    </>
  );
}

mount(text("welcome_title"), <Welcome />);
