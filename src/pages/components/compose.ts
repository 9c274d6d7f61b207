import { text } from "../../thunderbird/i18n.ts";
import { ask } from "./background.ts";
import type { NextStep } from "./exchange.ts";

/** Opens the draft of a step of the exchange. */
export async function composeStep(
  who: { readonly identity: string | null; readonly address: string },
  step: Extract<NextStep, { kind: "compose" }>,
): Promise<void> {
  await ask("exchange.compose", {
    identity: who.identity,
    to: who.address,
    subject: step.subject === null ? "" : text(step.subject),
    body: step.body === null ? "" : text(step.body),
    protection: step.protection,
  });
}
