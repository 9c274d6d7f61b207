import type { ContactView, Group } from "../../core/protocol.ts";

/** A contact, as a line of the list, with what a query is looked for in. */
export interface Listed {
  readonly kind: "contact";
  readonly key: string;
  readonly contact: ContactView;
  readonly search: string;
}

export function listed(contact: ContactView): Listed {
  const { name, address, shownAddress } = contact;
  return {
    kind: "contact",
    key: address,
    contact,
    search: folded([name, address, shownAddress].filter(Boolean).join(" ")),
  };
}

/** Letters that differ in case or accents only count as the same. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * Those where every word of the query is somewhere in the name or the address, of one group if
 * wanted. The same array where that is all of them, so that nothing is laid out anew.
 */
export function find(
  contacts: readonly Listed[],
  query: string,
  group: Group | null,
): readonly Listed[] {
  const [word = "", ...others] = folded(query).split(/\s+/).filter(Boolean);
  if (word === "" && group === null) return contacts;
  const found = contacts.filter(
    ({ contact, search }) =>
      search.includes(word) &&
      (group === null || contact.group === group) &&
      (others.length === 0 || others.every((other) => search.includes(other))),
  );
  return found.length === contacts.length ? contacts : found;
}

/** A line of the list: a heading, or a contact. */
export type Line =
  | {
      readonly kind: "heading";
      readonly key: string;
      readonly group: Group;
      readonly count: number;
    }
  | Listed;

/** Contacts come in the order of their groups. */
export function linesOf(contacts: readonly Listed[]): Line[] {
  const counts = new Map<Group, number>();
  for (const { contact } of contacts) {
    counts.set(contact.group, (counts.get(contact.group) ?? 0) + 1);
  }
  const lines: Line[] = [];
  let last: Group | null = null;
  for (const line of contacts) {
    const { group } = line.contact;
    if (group !== last) {
      lines.push({ kind: "heading", key: `group ${group}`, group, count: counts.get(group) ?? 0 });
    }
    last = group;
    lines.push(line);
  }
  return lines;
}

/** The address that a query is, if it is one. */
export function addressIn(query: string): string | null {
  const text = query.trim();
  return /^[^@\s]+@[^@\s]+$/.test(text) ? text : null;
}
