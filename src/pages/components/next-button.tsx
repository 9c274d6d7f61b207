import type { ContactView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "./background.ts";
import { Failure } from "./failure.tsx";
import { nextStep } from "./exchange.ts";
import { openOptions } from "./open-options.ts";

/** The one next action with a contact. What it opens takes the popup's place. */
export function NextButton({ contact }: { contact: ContactView }) {
  const { busy, failure, run } = useAction();
  const step = nextStep(contact.next);
  const go = async () => {
    if (step.kind === "options") await openOptions(step.section);
    else {
      await ask("exchange.compose", {
        identity: contact.identity,
        to: contact.address,
        subject: step.subject === null ? "" : text(step.subject),
        body: step.body === null ? "" : text(step.body),
      });
    }
    window.close();
  };
  return (
    <>
      <button
        type="button"
        class={step.kind === "compose" && step.quiet ? "" : "primary"}
        data-action={contact.next}
        aria-label={text("do_with", text(step.label), contact.name ?? contact.address)}
        disabled={busy}
        onClick={() => void run(go)}
      >
        {text(step.label)}
      </button>
      <Failure code={failure} />
    </>
  );
}
