import type { ContactView } from "../../core/protocol.ts";

/** By what needs doing, most urgent first. */
export const groups = ["attend", "act", "wait", "start", "ready"] as const;

export type Group = (typeof groups)[number];

export function groupOf(next: ContactView["next"]): Group {
  switch (next) {
    case "import-certificate":
    case "renew-certificate":
    case "trust-certificate":
    case "confirm-changed-key":
    case "ask-for-new-certificate":
      return "attend";
    case "answer-signed":
    case "remind":
      return "act";
    case "wait":
      return "wait";
    case "send-hello":
      return "start";
    case "write-encrypted":
      return "ready";
  }
}

export interface ContactGroup {
  readonly group: Group;
  readonly contacts: readonly ContactView[];
}

/** Groups in their order, without empty ones; within a group by name. */
export function groupContacts(contacts: readonly ContactView[], locale: string): ContactGroup[] {
  const { compare } = new Intl.Collator(locale);
  const shownName = ({ name, address }: ContactView) => name ?? address;
  return groups
    .map((group) => ({
      group,
      contacts: contacts
        .filter(({ next }) => groupOf(next) === group)
        .sort((a, b) => compare(shownName(a), shownName(b)) || compare(a.address, b.address)),
    }))
    .filter(({ contacts: members }) => members.length > 0);
}

/** Every word of the query is somewhere in the name or the address. */
export function matches({ name, address }: ContactView, query: string): boolean {
  const haystack = `${name ?? ""} ${address}`.toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}
