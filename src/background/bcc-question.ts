import { revealedBcc, type Draft } from "../core/exchange/plan.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import { shownAddress } from "../core/trust/shown-address.ts";
import { removeRecipients, showBccRecipients } from "../thunderbird/draft-recipients.ts";
import { text } from "../thunderbird/i18n.ts";
import { prompt } from "../thunderbird/prompts.ts";
import type { BuildAnswer } from "../thunderbird/transport.ts";
import { chooseProtection } from "./drafts.ts";

/**
 * An encrypted message names all whom it is encrypted to, and Thunderbird sends one message to all
 * of them: two or more could not leave together or not at all. So the user decides what becomes of
 * the Bcc recipients. What is decided is looked at again.
 */
export async function askAboutBcc(tabId: number, draft: Draft): Promise<BuildAnswer> {
  const addresses = revealedBcc(draft).map(({ address }) => address);
  const isHidden = (address: string) => addresses.includes(canonicalAddress(address));
  const answer = await prompt({
    kind: "bcc",
    addresses: addresses.map(shownAddress),
    alone: addresses.length === draft.recipients.length,
    // Its quote would have to go first, and the user to see the message without it.
    mayBeSigned: !draft.answersEncrypted,
  });
  switch (answer) {
    case "show":
      await showBccRecipients(tabId, isHidden);
      return { action: "again" };
    case "leave-out":
      await removeRecipients(tabId, isHidden);
      return { action: "again" };
    case "signed":
      await chooseProtection(tabId, "signed");
      return { action: "again" };
    case "done":
    case "always":
    case "again":
    case "dismissed":
      return { action: "refuse", reason: text("not_sent_back"), told: true };
  }
}
