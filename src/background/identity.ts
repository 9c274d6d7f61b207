import type { MailIdentity } from "../thunderbird/identities.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";

/**
 * The identity that a received message belongs to: in the account that holds it the one that it is
 * addressed to, else that account's first. A message that no account holds, such as an opened
 * file, belongs to the one it is addressed to.
 */
export function receivingIdentity(
  identities: readonly MailIdentity[],
  accountId: string | null,
  recipients: readonly string[],
): MailIdentity | null {
  const addressed = new Set(recipients.map(canonicalAddress));
  const inAccount = identities.filter((identity) => identity.accountId === accountId);
  const isAddressed = ({ address }: MailIdentity) => addressed.has(canonicalAddress(address));
  return inAccount.find(isAddressed) ?? inAccount[0] ?? identities.find(isAddressed) ?? null;
}
