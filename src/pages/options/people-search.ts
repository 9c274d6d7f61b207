import type { PageProtocol } from "../../core/protocol.ts";

type Person = PageProtocol["people.list"]["response"][number];

/** Those in whose name or address every word of the query is, by name. */
export function matching(people: readonly Person[], query: string): Person[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const { compare } = new Intl.Collator();
  return people
    .filter(({ name, address }) => {
      const haystack = `${name} ${address}`.toLocaleLowerCase();
      return words.every((word) => haystack.includes(word));
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.address, b.address));
}
