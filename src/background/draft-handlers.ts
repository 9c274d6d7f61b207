import { planDraft } from "../core/exchange/plan.ts";
import type { Draft } from "../core/exchange/plan.ts";
import type { DraftView, IdentityView, PageProtocol } from "../core/protocol.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import { shownAddress } from "../core/trust/shown-address.ts";
import { removeRecipients } from "../thunderbird/draft-recipients.ts";
import { draftDetails } from "../thunderbird/drafts.ts";
import { mailIdentities, type MailIdentity } from "../thunderbird/identities.ts";
import { mailboxAddresses } from "../thunderbird/mailboxes.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { text } from "./arguments.ts";
import { chooseProtection, describeDraft, rememberShown } from "./drafts.ts";
import { lookForCertificates } from "./look-for-certificates.ts";
import type { Services } from "./services.ts";

type DraftHandlers = Pick<
  Handlers<PageProtocol>,
  "draft.describe" | "draft.choose" | "draft.leaveOut" | "draft.lookForCertificates"
>;

/** What pages may ask about an open draft, and do to it. */
export function draftHandlers(
  services: Services,
  identityView: (identity: MailIdentity) => Promise<IdentityView>,
): DraftHandlers {
  const { storage, directory, clock, contacts, origins, quotes } = services;

  return {
    "draft.describe": ({ tabId }) => view(tabId),
    "draft.choose": async ({ tabId, choice }) => {
      await chooseProtection(tabId, choice);
      const leavesEncryption = choice === "signed" || choice === "none";
      if (leavesEncryption && (await origins.of(tabId)).encrypted) await quotes.drop(tabId);
      return view(tabId);
    },
    "draft.leaveOut": async ({ tabId }) => {
      const { draft } = await look(tabId);
      const missing = new Set(missingIn(draft));
      // A message to nobody is no way out.
      const leftOut =
        missing.size < draft.recipients.length
          ? await removeRecipients(
              tabId,
              (address) => missing.has(address) || missing.has(canonicalAddress(address)),
            )
          : [];
      return { leftOut: leftOut.map(shownAddress), draft: await view(tabId) };
    },
    "draft.lookForCertificates": async ({ tabId, work }) => {
      const found = await services.work.run(text(work), async (watch) => {
        const { draft } = await look(tabId);
        const people = draft.recipients.filter(({ notReady }) => notReady !== "newsgroup");
        return lookForCertificates(missingIn({ recipients: people }), services, watch);
      });
      return { found: found?.map(shownAddress) ?? null, draft: await view(tabId) };
    },
  };

  async function look(tabId: number) {
    const details = await draftDetails(tabId);
    const { settings } = storage;
    const draft = await describeDraft(tabId, details, { directory, settings, origins, clock });
    return { details, draft };
  }

  async function view(tabId: number): Promise<DraftView> {
    const { details, draft } = await look(tabId);
    const plan = planDraft(draft);
    await rememberShown(tabId, { choice: draft.choice, plan }, clock.now());
    const identities = await mailIdentities();
    const [from = ""] = await mailboxAddresses(details.from);
    const identity =
      identities.find(({ address }) => canonicalAddress(address) === canonicalAddress(from)) ??
      null;
    return {
      identity: identity === null ? null : await identityView(identity),
      choice: draft.choice,
      plan: { kind: plan.kind, why: plan.why },
      answersEncrypted: draft.answersEncrypted,
      sealsDrafts: services.sealsDrafts,
      recipients: await Promise.all(
        draft.recipients.map(async ({ address, field, certificate, notReady }) => ({
          address,
          shownAddress: shownAddress(address),
          field,
          ready: certificate !== null,
          notReady,
          state: (await contacts.exchange(canonicalAddress(from), address)).state,
        })),
      ),
      vault: await storage.vault.state(),
    };
  }
}

function missingIn({ recipients }: Pick<Draft, "recipients">): string[] {
  return recipients.filter(({ certificate }) => certificate === null).map(({ address }) => address);
}
