import { SmimeError } from "../core/errors.ts";
import { certificateQuestion } from "../core/exchange/certificate-question.ts";
import type { PageProtocol } from "../core/protocol.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import { authorityToTrust } from "../core/trust/find-path.ts";
import { openDraft } from "../thunderbird/drafts.ts";
import { mailIdentities } from "../thunderbird/identities.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { chooseProtection } from "./drafts.ts";
import type { Services } from "./services.ts";
import { certificateView } from "./views.ts";

type ContactRequests = Extract<keyof PageProtocol, `contacts.${string}` | "exchange.compose">;

/** What pages may ask about the exchange with people. */
export function contactHandlers({
  storage,
  directory,
  clock,
  overview,
}: Services): Pick<Handlers<PageProtocol>, ContactRequests> {
  async function question(address: string) {
    const candidates = await directory.candidates(address, { ask: false });
    return certificateQuestion(candidates, clock.now());
  }

  return {
    "contacts.page": ({ identity, after, count }) => overview.page({ identity, after, count }),

    "contacts.question": async ({ address }) => {
      const { known, changed, untrusted } = await question(address);
      const intermediates = await directory.intermediates();
      return {
        known: known === null ? null : certificateView(known.entry.certificate),
        changed: changed.map(({ entry }) => certificateView(entry.certificate)),
        untrusted: untrusted.map(({ entry: { certificate, issuers = [] } }) => {
          const authority = authorityToTrust(certificate, [...issuers, ...intermediates]);
          return {
            certificate: certificateView(certificate),
            authority: authority === null ? null : certificateView(authority),
          };
        }),
      };
    },

    "contacts.confirmKey": async ({ address, fingerprint }) => {
      const { changed } = await question(address);
      const confirmed = changed.find(({ entry }) => entry.certificate.fingerprint === fingerprint);
      if (confirmed === undefined) throw new SmimeError("not-found");
      await storage.certificates.put({ ...confirmed.entry, confirmed: true });
      return null;
    },

    "exchange.compose": async ({ identity, to, subject, body, protection }) => {
      const wanted = identity === null ? null : canonicalAddress(identity);
      const from = (await mailIdentities()).find(
        ({ address }) => canonicalAddress(address) === wanted,
      );
      const tabId = await openDraft({ identityId: from?.id ?? null, to, subject, body });
      const settings = await storage.settings.get();
      const usual = settings.protectionOf[wanted ?? ""] ?? settings.defaultProtection;
      if (protection === "encrypted" || usual === "none") await chooseProtection(tabId, protection);
      return null;
    },
  };
}
