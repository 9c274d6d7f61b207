import type { DraftView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { activeTab } from "../components/active-tab.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { DraftFate } from "../components/draft-fate.tsx";
import { DraftRecipients } from "../components/draft-recipients.tsx";
import { needsSetUp, wayOutLabel, waysOut, type Choice } from "../components/draft-wording.ts";
import { Failure } from "../components/failure.tsx";
import { MissingRecipients } from "../components/missing-recipients.tsx";
import { mount } from "../components/mount.tsx";
import { OwnCertificateWays } from "../components/own-certificate-ways.tsx";
import { ProtectionChoice } from "./protection-choice.tsx";

/** No event says that recipients have changed. */
const REFRESH_MILLISECONDS = 1000;

function Compose() {
  const draft = useLoaded(async () => {
    const tabId = await activeTab();
    return { tabId, view: await ask("draft.describe", { tabId }) };
  }, REFRESH_MILLISECONDS);
  const { busy, failure, run } = useAction();

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
      {draft.value !== null && (
        <>
          <DraftFate view={draft.value.view}>
            <WaysOut view={draft.value.view} busy={busy} choose={choose} />
            <MissingRecipients {...draft.value} onChanged={() => void draft.reload()} />
          </DraftFate>
          {draft.value.view.plan.kind !== "left" && (
            <>
              <DraftRecipients recipients={draft.value.view.recipients} />
              <ProtectionChoice view={draft.value.view} busy={busy} choose={choose} />
            </>
          )}
          <div class="buttons end">
            <button type="button" data-action="close" onClick={window.close.bind(window)}>
              {text("back_to_message")}
            </button>
          </div>
        </>
      )}
    </main>
  );
}

function WaysOut({
  view,
  busy,
  choose,
}: {
  view: DraftView;
  busy: boolean;
  choose: (choice: Choice) => void;
}) {
  const ways = waysOut(view);
  if (!needsSetUp(view) && ways.length === 0) return null;
  return (
    <div class="buttons">
      <OwnCertificateWays view={view} onOpened={window.close.bind(window)} />
      {ways.map((choice) => (
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
  );
}

mount(text("compose_action_title"), <Compose />);
