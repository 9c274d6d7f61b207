import type { DraftView } from "../../core/protocol.ts";
import type { Wording } from "./wording.ts";

export type NotReady = NonNullable<DraftView["recipients"][number]["notReady"]>;

const reasons: Record<NotReady, string> = {
  "no-certificate": "not_ready_no_certificate",
  untrusted: "not_ready_untrusted",
  expired: "not_ready_expired",
  "not-yet-valid": "not_ready_not_yet_valid",
  revoked: "not_ready_revoked",
  "not-for-encryption": "not_ready_not_for_encryption",
  weak: "not_ready_weak",
  changed: "not_ready_changed",
  newsgroup: "not_ready_newsgroup",
};

/** Why mail to somebody cannot be encrypted. */
export function notReadyWording(reason: NotReady): Wording {
  return [reasons[reason]];
}
