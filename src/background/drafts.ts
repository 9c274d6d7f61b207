import type { Draft, DraftRecipient, ProtectionChoice } from "../core/exchange/plan.ts";
import { selectCertificate } from "../core/exchange/select-certificate.ts";
import type { Clock, SettingsStore } from "../core/ports.ts";
import { protectionHint } from "../core/smime/open.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import type { DraftDetails } from "../thunderbird/drafts.ts";
import { mailboxAddresses } from "../thunderbird/mailboxes.ts";
import { rawMessage } from "../thunderbird/messages.ts";
import { tabMemory } from "../thunderbird/tab-memory.ts";
import type { Directory } from "./directory.ts";

/** What the user chose for a draft, for as long as its window is open. */
const choices = tabMemory<ProtectionChoice>("choice");

export async function draftChoice(tabId: number): Promise<ProtectionChoice> {
  return (await choices.get(tabId)) ?? "automatic";
}

export async function chooseProtection(tabId: number, choice: ProtectionChoice): Promise<void> {
  await choices.set(tabId, choice);
}

/** Looks everything up anew: what is decided at Send must never come from an earlier look. */
export async function describeDraft(
  tabId: number,
  details: DraftDetails,
  { directory, settings, clock }: { directory: Directory; settings: SettingsStore; clock: Clock },
): Promise<Draft> {
  const [from = ""] = await mailboxAddresses(details.from);
  const sender = canonicalAddress(from);
  const own = await directory.own(sender);
  const self = { address: sender, certificate: own.encryption?.certificate ?? null };
  const [{ defaultProtection }, choice, recipients, answersEncrypted] = await Promise.all([
    settings.get(),
    draftChoice(tabId),
    describeRecipients(details, self, directory, clock),
    isEncrypted(details.relatedMessageId),
  ]);
  return {
    signing: own.signing?.certificate ?? null,
    encryption: own.encryption?.certificate ?? null,
    defaultProtection,
    choice,
    recipients,
    answersEncrypted,
  };
}

async function describeRecipients(
  details: DraftDetails,
  self: { readonly address: string; readonly certificate: Certificate | null },
  directory: Directory,
  clock: Clock,
): Promise<DraftRecipient[]> {
  const fields = ["to", "cc", "bcc"] as const;
  const described = await Promise.all(
    fields.map(async (field) => {
      const addresses = new Set((await mailboxAddresses(details[field])).map(canonicalAddress));
      return Promise.all([...addresses].map((address) => describeOne(address, field)));
    }),
  );
  // A newsgroup has no certificate; it counts as a recipient who cannot decrypt.
  const newsgroups = details.newsgroups.split(",").flatMap((group): DraftRecipient[] => {
    const address = group.trim();
    return address === ""
      ? []
      : [{ address, field: "to", certificate: null, notReady: "no-certificate" }];
  });
  return [...described.flat(), ...newsgroups];

  async function describeOne(
    address: string,
    field: DraftRecipient["field"],
  ): Promise<DraftRecipient> {
    // A copy to oneself needs no exchange and no authority.
    if (address === self.address && self.certificate !== null) {
      return { address, field, certificate: self.certificate, notReady: null };
    }
    const selected = selectCertificate(await directory.candidates(address), clock.now());
    return selected.kind === "selected"
      ? { address, field, certificate: selected.entry.certificate, notReady: null }
      : { address, field, certificate: null, notReady: selected.reason };
  }
}

/** A message that is gone can no longer be quoted, so it asks for nothing. */
async function isEncrypted(messageId: number | null): Promise<boolean> {
  if (messageId === null) return false;
  let message: Uint8Array;
  try {
    message = await rawMessage(messageId);
  } catch {
    return false;
  }
  return protectionHint(message) === "enveloped";
}
