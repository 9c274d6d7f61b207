import type { OwnKeyView } from "../../core/protocol.ts";

/** The certificates that name one address of an account. */
export interface KeyGroup {
  /** null: of addresses that no account has. */
  readonly address: string | null;
  /** In use for something now. */
  readonly current: readonly OwnKeyView[];
  /** Kept so that old mail stays readable. */
  readonly others: readonly OwnKeyView[];
}

/** One with several addresses is in the group of each. The newest come first. */
export function keyGroups(keys: readonly OwnKeyView[]): KeyGroup[] {
  const newestFirst = [...keys].sort((a, b) => b.notBefore.localeCompare(a.notBefore));
  const addresses = new Set(
    keys.flatMap(({ identities }) => identities.map(({ address }) => address)),
  );
  const groups = [...addresses].map((address) => {
    const named = newestFirst.filter((key) => usesIn(key, address) !== null);
    const inUse = (key: OwnKeyView) => (usesIn(key, address) ?? []).length > 0;
    return {
      address,
      current: named.filter(inUse),
      others: named.filter((key) => !inUse(key)),
    };
  });
  const rest = newestFirst.filter(({ identities }) => identities.length === 0);
  return rest.length === 0 ? groups : [...groups, { address: null, current: [], others: rest }];
}

/** What a certificate is in use for at an address; null where it does not name it. */
export function usesIn(
  { identities }: OwnKeyView,
  address: string | null,
): readonly ("sign" | "encrypt")[] | null {
  return identities.find((identity) => identity.address === address)?.inUseFor ?? null;
}

/** Whether the user may put it in the place of those that are in use. */
export function canBePreferred(key: OwnKeyView, address: string | null): boolean {
  const uses = usesIn(key, address);
  return uses !== null && key.validity === "valid" && key.uses.some((use) => !uses.includes(use));
}
