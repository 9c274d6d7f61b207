import type { MailIdentity } from "../thunderbird/identities.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";

/** The user's addresses, to tell own messages from others' and to find who a message was sent to. */
export function ownAddresses(identities: readonly MailIdentity[]): ReadonlySet<string> {
  return new Set(identities.map(({ address }) => canonicalAddress(address)));
}

/**
 * The identity that a received message belongs to: one that it is addressed to, in the account that
 * holds it if there are several; else that account's first.
 */
export function receivingIdentity(
  identities: readonly MailIdentity[],
  accountId: string | null,
  recipients: readonly string[],
): MailIdentity | null {
  const addressed = new Set(recipients.map(canonicalAddress));
  const inAccount = identities.filter((identity) => identity.accountId === accountId);
  const isAddressed = ({ address }: MailIdentity) => addressed.has(canonicalAddress(address));
  return inAccount.find(isAddressed) ?? identities.find(isAddressed) ?? inAccount[0] ?? null;
}
