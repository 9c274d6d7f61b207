import type { Ref } from "preact";
import type { ContactView } from "../../core/protocol.ts";
import { api } from "../../thunderbird/api.ts";
import { text } from "../../thunderbird/i18n.ts";
import { useAction } from "./background.ts";
import { composeStep } from "./compose.ts";
import { Failure } from "./failure.tsx";
import { nextStep } from "./exchange.ts";
import { openOptions } from "./open-options.ts";

/** The one next action with a contact. What it opens takes the popup's place. */
export function NextButton({
  contact,
  quiet = false,
  onDecide = () => void openDecision(contact.address),
  tabIndex,
  buttonRef,
}: {
  contact: ContactView;
  /** Among many that are not urgent. */
  quiet?: boolean;
  /** Shows the contact's certificates in place; else they get a window. */
  onDecide?: () => void;
  tabIndex?: number;
  buttonRef?: Ref<HTMLButtonElement>;
}) {
  const { busy, failure, run } = useAction();
  const step = nextStep(contact);
  const go = async () => {
    if (step.kind === "decide") {
      onDecide();
      return;
    }
    if (step.kind === "options") await openOptions(step.section);
    else await composeStep(contact, step);
    window.close();
  };
  return (
    <>
      <button
        type="button"
        class={quiet || (step.kind === "compose" && step.quiet) ? "" : "primary"}
        data-action={contact.next}
        aria-label={text("do_with", text(step.label), contact.name ?? contact.shownAddress)}
        disabled={busy}
        onClick={() => void run(go)}
        {...(tabIndex === undefined ? {} : { tabIndex })}
        {...(buttonRef === undefined ? {} : { ref: buttonRef })}
      >
        {text(step.label)}
      </button>
      <Failure code={failure} />
    </>
  );
}

async function openDecision(address: string): Promise<void> {
  const url = api.runtime.getURL(`pages/toolbar/index.html#${encodeURIComponent(address)}`);
  await api.windows.create({ type: "popup", url, width: 480, height: 680 });
  window.close();
}
