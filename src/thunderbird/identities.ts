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

/** The account of the folder that the user looks at; null for none or for folders of several. */
export async function accountInFront(): Promise<string | null> {
  const [tab] = await api.mailTabs.query({ active: true, lastFocusedWindow: true });
  return tab?.displayedFolder?.accountId ?? null;
}
