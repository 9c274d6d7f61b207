import type { KeyFilePreview } from "../../core/protocol.ts";
import type { Wording } from "../components/wording.ts";

type Previewed = KeyFilePreview["keys"][number];
type Concern = Previewed["concerns"][number];

/**
 * What is wrong with a certificate of one's own, and what to do about it.
 * @param date writes an ISO 8601 date in the user's language
 */
export function concernWording(
  concern: Concern,
  of: Pick<Previewed, "addresses" | "issuer" | "issuers" | "notBefore" | "notAfter">,
  date: (iso: string) => string,
): Wording {
  switch (concern) {
    case "not-for-mail":
      return ["concern_not_for_mail"];
    case "expired":
      return ["concern_expired", date(of.notAfter)];
    case "not-yet-valid":
      return ["concern_not_yet_valid", date(of.notBefore)];
    case "no-account":
      return ["concern_no_account", of.addresses.join(", ")];
    case "only-signs":
      return ["concern_only_signs"];
    case "only-encrypts":
      return ["concern_only_encrypts"];
    case "weak":
      return ["concern_weak"];
    case "self-signed":
      return ["concern_self_signed"];
    case "untrusted":
      return ["concern_untrusted", of.issuers.at(-1) ?? of.issuer];
    case "issuer-missing":
      return ["concern_issuer_missing", of.issuers.at(-1) ?? of.issuer];
  }
}
