import { SmimeError } from "../core/errors.ts";
import { certificateQuestion } from "../core/exchange/certificate-question.ts";
import type { PageProtocol } from "../core/protocol.ts";
import { authorityToTrust } from "../core/trust/find-path.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import type { Services } from "./services.ts";
import { certificateView } from "./views.ts";

type ContactRequests = Extract<keyof PageProtocol, `contacts.${string}`>;

/** What pages may ask about the exchange with people. */
export function contactHandlers({
  storage,
  directory,
  clock,
  contacts,
}: Services): Pick<Handlers<PageProtocol>, ContactRequests> {
  async function question(address: string) {
    const candidates = await directory.candidates(address, { ask: false });
    return certificateQuestion(candidates, clock.now());
  }

  return {
    "contacts.list": () => contacts.list(),

    "contacts.question": async ({ address }) => {
      const { known, changed, untrusted } = await question(address);
      const intermediates = await directory.intermediates();
      return {
        known: known === null ? null : certificateView(known.entry.certificate),
        changed: changed.map(({ entry }) => certificateView(entry.certificate)),
        untrusted: untrusted.map(({ entry: { certificate } }) => {
          const authority = authorityToTrust(certificate, intermediates);
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
  };
}
