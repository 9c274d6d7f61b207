import type { ContactView, Group } from "../../core/protocol.ts";

/** A contact with what a query is looked for in. */
export interface Listed {
  readonly contact: ContactView;
  readonly key: string;
  readonly search: string;
}

export function listed(contact: ContactView): Listed {
  const { name, address, shownAddress } = contact;
  return {
    contact,
    key: address,
    search: folded([name, address, shownAddress].filter(Boolean).join(" ")),
  };
}

/** Letters that differ in case or accents only count as the same. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Those where every word of the query is somewhere in the name or the address, of one group if wanted. */
export function find(
  contacts: readonly Listed[],
  query: string,
  group: Group | null,
): readonly Listed[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0 && group === null) return contacts;
  return contacts.filter(
    ({ contact, search }) =>
      (group === null || contact.group === group) && words.every((word) => search.includes(word)),
  );
}

/** A line of the list: a heading, or a contact. */
export type Line =
  | {
      readonly kind: "heading";
      readonly key: string;
      readonly group: Group;
      readonly count: number;
    }
  | { readonly kind: "contact"; readonly key: string; readonly contact: ContactView };

/** Contacts come in the order of their groups. */
export function linesOf(contacts: readonly Listed[]): Line[] {
  const counts = new Map<Group, number>();
  for (const { contact } of contacts) {
    counts.set(contact.group, (counts.get(contact.group) ?? 0) + 1);
  }
  const lines: Line[] = [];
  let last: Group | null = null;
  for (const { contact, key } of contacts) {
    const { group } = contact;
    if (group !== last) {
      lines.push({ kind: "heading", key: `group ${group}`, group, count: counts.get(group) ?? 0 });
    }
    last = group;
    lines.push({ kind: "contact", key, contact });
  }
  return lines;
}

/** The address that a query is, if it is one. */
export function addressIn(query: string): string | null {
  const text = query.trim();
  return /^[^@\s]+@[^@\s]+$/.test(text) ? text : null;
}
