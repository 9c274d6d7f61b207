import { useState } from "preact/hooks";
import type { DraftView } from "../../core/protocol.ts";
import { counted, text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "./background.ts";
import { awaitsCertificates, missingOf } from "./draft-wording.ts";
import { Failure } from "./failure.tsx";
import { openOptions } from "./open-options.ts";
import { WorkProgress } from "./work-progress.tsx";

type Outcome =
  | { readonly kind: "left-out"; readonly addresses: readonly string[] }
  | { readonly kind: "found"; readonly addresses: readonly string[] };

/** What can be done about recipients who cannot be encrypted to, and what came of it. */
export function MissingRecipients({
  view,
  tabId,
  onChanged,
}: {
  view: DraftView;
  tabId: number;
  onChanged: (draft: DraftView) => void;
}) {
  const { busy, failure, run } = useAction();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [work, setWork] = useState<string | null>(null);
  const missing = missingOf(view).length;
  const leaveOut = async () => {
    const { leftOut, draft } = await ask("draft.leaveOut", { tabId });
    setOutcome({ kind: "left-out", addresses: leftOut });
    onChanged(draft);
  };
  const look = async () => {
    setOutcome(null);
    const name = crypto.randomUUID();
    setWork(name);
    try {
      const { found, draft } = await ask("draft.lookForCertificates", { tabId, work: name });
      if (found !== null) setOutcome({ kind: "found", addresses: found });
      onChanged(draft);
    } finally {
      setWork(null);
    }
  };
  if (missing === 0 && outcome === null) return null;
  return (
    <div class="stack" data-missing={missing}>
      <div role="status">
        {work !== null && <p>{text("missing_looking")}</p>}
        {outcome?.kind === "left-out" && (
          <p>{text("missing_left_out", outcome.addresses.join(", "))}</p>
        )}
        {outcome?.kind === "found" && (
          <p>
            {outcome.addresses.length === 0
              ? text("missing_found_none")
              : text("missing_found", outcome.addresses.join(", "))}
          </p>
        )}
      </div>
      {work !== null && <WorkProgress work={work} label={text("missing_looking")} />}
      <Failure code={failure} />
      {missing > 0 && (
        <div class="buttons">
          {missing < view.recipients.length && (
            <button
              type="button"
              data-action="leave-out"
              disabled={busy}
              onClick={() => void run(leaveOut)}
            >
              {counted("missing_leave_out", missing)}
            </button>
          )}
          {!awaitsCertificates(view) ? null : outcome?.kind === "found" ? (
            <button
              type="button"
              data-action="find"
              onClick={() => void openOptions("find").then(window.close.bind(window))}
            >
              {text("missing_look_everywhere")}
            </button>
          ) : (
            <button type="button" data-action="look" disabled={busy} onClick={() => void run(look)}>
              {text("missing_look")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
