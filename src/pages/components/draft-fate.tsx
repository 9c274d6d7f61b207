import type { ComponentChildren } from "preact";
import type { DraftView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { fateOf, hintWording, readersWording, whyWording } from "./draft-wording.ts";
import { Icon } from "./icon.tsx";

/** What Send will do with a draft, why, and who could read it then. `children` are ways to change it. */
export function DraftFate({ view, children }: { view: DraftView; children?: ComponentChildren }) {
  const { plan, vault, sealsDrafts } = view;
  const { icon, sentence } = fateOf(plan);
  const hint = hintWording(view);
  const readers = readersWording(plan);
  const asksToUnlock = vault === "locked" && (plan.kind === "signed" || plan.kind === "encrypted");
  const draftsAreClear = plan.kind === "encrypted" && !sealsDrafts;
  return (
    <section class={`fate ${icon}`} data-plan={plan.kind} data-why={plan.why}>
      <Icon name={icon} large />
      <div class="stack">
        <div role="status">
          <p class="sentence">{text(...sentence)}</p>
          <p>{text(...whyWording(plan))}</p>
          {readers !== null && <p data-readers>{text(...readers)}</p>}
          {hint !== null && <p class="hint">{text(...hint)}</p>}
          {draftsAreClear && <p class="hint">{text("plan_drafts_unencrypted")}</p>}
          {asksToUnlock && <p class="hint">{text("plan_asks_to_unlock")}</p>}
        </div>
        {children}
      </div>
    </section>
  );
}
