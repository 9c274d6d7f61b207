import type { DraftView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { activeTab } from "../components/active-tab.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { Choices } from "../components/choices.tsx";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { mount } from "../components/mount.tsx";
import { openOptions } from "../components/open-options.ts";
import {
  choices,
  fateOf,
  hintWording,
  recipientWording,
  waysOut,
  whyWording,
  type Choice,
} from "./wording.ts";

/** No event says that recipients have changed. */
const REFRESH_MILLISECONDS = 1000;

function Compose() {
  const draft = useLoaded(
    async () => ask("draft.describe", { tabId: await activeTab() }),
    REFRESH_MILLISECONDS,
  );
  const { busy, failure, run } = useAction();
  const view = draft.value;

  const choose = (choice: Choice) => {
    void run(async () => {
      await ask("draft.choose", { tabId: await activeTab(), choice });
      await draft.reload();
    });
  };

  return (
    <main>
      <h1 class="visually-hidden">{text("compose_heading")}</h1>
      <Failure code={failure ?? draft.failure} />
      {view !== null && (
        <>
          <Fate view={view} busy={busy} choose={choose} />
          <Recipients recipients={view.recipients} />
          <Choices
            legend="choice_legend"
            name="choice"
            options={choices}
            value={view.choice}
            busy={busy}
            onChoose={choose}
          />
        </>
      )}
    </main>
  );
}

const wayOutLabels: Record<Choice, string> = {
  automatic: "choice_automatic",
  encrypted: "choice_encrypted",
  signed: "way_out_signed",
  none: "way_out_none",
};

function wayOutLabel(choice: Choice, { answersEncrypted }: DraftView): string {
  return choice === "signed" && answersEncrypted
    ? "way_out_signed_without_quote"
    : wayOutLabels[choice];
}

function Fate({
  view,
  busy,
  choose,
}: {
  view: DraftView;
  busy: boolean;
  choose: (choice: Choice) => void;
}) {
  const { plan, vault } = view;
  const { icon, sentence } = fateOf(plan);
  const hint = hintWording(plan);
  const setUp =
    plan.why === "no-certificate" ||
    plan.why === "no-encryption-certificate" ||
    plan.why === "own-expired";
  const asksToUnlock = vault === "locked" && (plan.kind === "signed" || plan.kind === "encrypted");
  return (
    <section class={`fate ${icon}`} data-plan={plan.kind} data-why={plan.why}>
      <Icon name={icon} large />
      <div class="stack">
        <div role="status">
          <p class="sentence">{text(...sentence)}</p>
          <p>{text(...whyWording(plan))}</p>
          {hint !== null && <p class="hint">{text(...hint)}</p>}
          {asksToUnlock && <p class="hint">{text("plan_asks_to_unlock")}</p>}
        </div>
        {(setUp || plan.kind === "blocked") && (
          <div class="buttons">
            {setUp && (
              <button
                type="button"
                class="primary"
                onClick={() => void openOptions("certificates").then(window.close.bind(window))}
              >
                {text("do_import")}
              </button>
            )}
            {waysOut(view).map((choice) => (
              <button
                key={choice}
                type="button"
                disabled={busy}
                onClick={() => {
                  choose(choice);
                }}
              >
                {text(wayOutLabel(choice, view))}
              </button>
            ))}
          </div>
        )}
      </div>
    </section>
  );
}

const fields = { to: null, cc: "field_cc", bcc: "field_bcc" } as const;

function Recipients({ recipients }: Pick<DraftView, "recipients">) {
  return (
    <section aria-labelledby="recipients-heading">
      <h2 id="recipients-heading">{text("recipients_heading")}</h2>
      {recipients.length === 0 && <p class="hint">{text("recipients_none")}</p>}
      <ul class="recipients">
        {recipients.map((recipient) => {
          const field = fields[recipient.field];
          return (
            <li
              key={`${recipient.field} ${recipient.address}`}
              data-address={recipient.address}
              data-ready={recipient.ready}
              data-state={recipient.state}
            >
              <Icon name={recipient.ready ? "check" : "waiting"} />
              <span>
                <bdi class="name">{recipient.address}</bdi>
                {field !== null && <span class="tag">{text(field)}</span>}
                <span class="hint">{text(...recipientWording(recipient))}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

mount(text("compose_action_title"), <Compose />);
