import type { PromptAnswer, PromptView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { DraftFate } from "../components/draft-fate.tsx";
import { DraftRecipients } from "../components/draft-recipients.tsx";
import { needsSetUp, readersWording, waysOut, type Choice } from "../components/draft-wording.ts";
import { Failure } from "../components/failure.tsx";
import { MissingRecipients } from "../components/missing-recipients.tsx";
import { OwnCertificateWays } from "../components/own-certificate-ways.tsx";

const headings = { blocked: "prompt_send_heading", weaker: "prompt_weaker_heading" } as const;

const sendLabels: Record<"unprotected" | "signed" | "encrypted" | "left", string> = {
  unprotected: "do_send_unprotected",
  signed: "do_send_signed",
  encrypted: "do_send_encrypted",
  left: "do_send_left",
};

/** After Send: what is in the way, what can be done about it, and who could then read the message. */
export function SendQuestion({
  tabId,
  why,
  answer,
}: Extract<PromptView, { kind: "send" }> & {
  answer: (how: PromptAnswer) => Promise<void>;
}) {
  const draft = useLoaded(() => ask("draft.describe", { tabId }));
  const { busy, failure, run } = useAction();
  const view = draft.value;

  const choose = (choice: Choice, then: PromptAnswer) =>
    run(async () => {
      await ask("draft.choose", { tabId, choice });
      await answer(then);
    });
  const back = (
    <button type="button" data-action="cancel" autoFocus onClick={() => void answer("dismissed")}>
      {text("back_to_message")}
    </button>
  );
  return (
    <main>
      <h1>{text(headings[why])}</h1>
      <Failure code={failure ?? draft.failure} />
      {view === null ? (
        <div class="buttons">{back}</div>
      ) : (
        <>
          <DraftFate view={view}>
            {needsSetUp(view) && (
              <div class="buttons">
                <OwnCertificateWays view={view} onOpened={() => void answer("dismissed")} />
              </div>
            )}
            <MissingRecipients view={view} tabId={tabId} onChanged={() => void draft.reload()} />
          </DraftFate>
          <DraftRecipients recipients={view.recipients} />
          {waysOut(view).map((choice) => (
            <WayOut
              key={choice}
              choice={choice}
              busy={busy}
              // What is being sent holds the quote; the user shall see the message without it first.
              withoutQuote={view.answersEncrypted && choice !== "encrypted"}
              choose={choose}
            />
          ))}
          <div class="buttons">
            {view.plan.kind !== "blocked" && (
              <button
                type="button"
                class="primary"
                data-action="send"
                disabled={busy}
                onClick={() => void answer("done")}
              >
                {text(sendLabels[view.plan.kind])}
              </button>
            )}
            {back}
          </div>
        </>
      )}
    </main>
  );
}

const wayOutLabels: Record<Choice, string> = {
  automatic: "choice_automatic",
  encrypted: "do_send_encrypted",
  signed: "do_send_signed",
  none: "do_send_unprotected",
};

function WayOut({
  choice,
  busy,
  withoutQuote,
  choose,
}: {
  choice: Choice;
  busy: boolean;
  withoutQuote: boolean;
  choose: (choice: Choice, then: PromptAnswer) => Promise<void>;
}) {
  const outcome = { none: "unprotected", signed: "signed", encrypted: "encrypted" } as const;
  const readers =
    choice === "automatic" ? null : readersWording({ kind: outcome[choice], why: "chosen" });
  return (
    <div class="card stack">
      {readers !== null && <p>{text(...readers)}</p>}
      <div class="buttons">
        <button
          type="button"
          data-action={choice}
          disabled={busy}
          onClick={() => void choose(choice, withoutQuote ? "dismissed" : "done")}
        >
          {text(withoutQuote ? "do_drop_quote" : wayOutLabels[choice])}
        </button>
      </div>
    </div>
  );
}
