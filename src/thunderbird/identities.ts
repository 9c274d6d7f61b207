import { api } from "./api.ts";

/** One of the user's sending addresses. */
export interface MailIdentity {
  readonly id: string;
  readonly accountId: string;
  readonly address: string;
  /** The person's name, or the account's where there is none. */
  readonly name: string;
  readonly accountName: string;
}

/** All identities of all accounts, in Thunderbird's order. */
export async function mailIdentities(): Promise<MailIdentity[]> {
  const accounts = await api.accounts.list(false);
  return accounts.flatMap((account) =>
    account.identities.flatMap(({ id, email, name }) =>
      id === undefined || !email
        ? []
        : [
            {
              id,
              accountId: account.id,
              address: email,
              name: name === undefined || name === "" ? account.name : name,
              accountName: account.name,
            },
          ],
    ),
  );
}

let remembered: Promise<MailIdentity[]> | null = null;

/**
 * The same where they are wanted often and quickly, several times for each message that is read:
 * remembered until Thunderbird tells of a change, for pages that have called `watchIdentities`.
 */
export function knownIdentities(): Promise<readonly MailIdentity[]> {
  if (remembered === null) {
    const asking = mailIdentities();
    remembered = asking;
    asking.catch(() => {
      if (remembered === asking) remembered = null;
    });
  }
  return remembered;
}

/** Register at the top level. */
export function watchIdentities(): void {
  const forget = () => {
    remembered = null;
  };
  for (const { onCreated, onUpdated, onDeleted } of [api.accounts, api.identities]) {
    for (const event of [onCreated, onUpdated, onDeleted]) event.addListener(forget);
  }
}

/** The account of the folder that the user looks at; null for none or for folders of several. */
export async function accountInFront(): Promise<string | null> {
  const [tab] = await api.mailTabs.query({ active: true, lastFocusedWindow: true });
  return tab?.displayedFolder?.accountId ?? null;
}
