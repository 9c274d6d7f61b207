import type { Draft, DraftRecipient, ProtectionChoice } from "../core/exchange/plan.ts";
import { selectCertificate } from "../core/exchange/select-certificate.ts";
import type { Clock, SettingsStore } from "../core/ports.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import {
  isWeakerThanShown,
  showFate,
  type Fate,
  type ShownFate,
} from "../core/exchange/shown-fate.ts";
import type { DraftDetails } from "../thunderbird/drafts.ts";
import { mailboxAddresses } from "../thunderbird/mailboxes.ts";
import { tabMemory } from "../thunderbird/tab-memory.ts";
import type { Directory } from "./directory.ts";
import type { DraftOrigins } from "./draft-origin.ts";

/** What the user chose for a draft, for as long as its window is open. */
const choices = tabMemory<ProtectionChoice>("choice");

export async function draftChoice(tabId: number): Promise<ProtectionChoice> {
  return (await choices.get(tabId)) ?? "automatic";
}

export async function chooseProtection(tabId: number, choice: ProtectionChoice): Promise<void> {
  await choices.set(tabId, choice);
}

const shown = tabMemory<ShownFate>("shown");

/** The window says now that this will become of the message. */
export async function rememberShown(tabId: number, fate: Fate, now: Date): Promise<void> {
  await shown.set(tabId, showFate(await shown.get(tabId), fate, now));
}

/** True when less would leave than was promised. */
export async function isUnexpectedlyWeak(tabId: number, fate: Fate, now: Date): Promise<boolean> {
  return isWeakerThanShown(fate, await shown.get(tabId), now);
}

/** The user has been told, and agrees to less. */
export async function forgetShown(tabId: number): Promise<void> {
  await shown.take(tabId);
}

export interface DraftServices {
  readonly directory: Directory;
  readonly settings: SettingsStore;
  readonly origins: DraftOrigins;
  readonly clock: Clock;
}

/** Looks everything up anew: what is decided at Send must never come from an earlier look. */
export async function describeDraft(
  tabId: number,
  details: DraftDetails,
  { directory, settings, origins, clock }: DraftServices,
): Promise<Draft> {
  const [from = ""] = await mailboxAddresses(details.from);
  const sender = canonicalAddress(from);
  const own = await directory.own(sender);
  const self = { address: sender, certificate: own.encryption?.certificate ?? null };
  const [{ defaultProtection, protectionOf }, choice, recipients, origin] = await Promise.all([
    settings.get(),
    draftChoice(tabId),
    describeRecipients(details, self, directory, clock),
    origins.of(tabId),
  ]);
  return {
    signing: own.signing?.certificate ?? null,
    encryption: own.encryption?.certificate ?? null,
    lapsed: own.lapsed?.certificate ?? null,
    builtIn: details.builtIn,
    defaultProtection: protectionOf[sender] ?? defaultProtection,
    choice,
    recipients,
    answersEncrypted: origin.encrypted,
    notOpened: origin.sealed === "closed" || origin.sealed === "failed",
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
  // It counts as a recipient who cannot decrypt.
  const newsgroups = details.newsgroups.split(",").flatMap((group): DraftRecipient[] => {
    const address = group.trim();
    return address === ""
      ? []
      : [{ address, field: "to", certificate: null, notReady: "newsgroup" }];
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
