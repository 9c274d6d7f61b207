/** The categories of the options page, in their order. Each has its own address: `#trust`. */
export const sections = [
  "certificates",
  "request",
  "people",
  "find",
  "trust",
  "preferences",
] as const;

export type Section = (typeof sections)[number];

/** The category that an address names; the first one where it names none. */
export function sectionOf(hash: string): Section {
  const named = hash.replace(/^#/, "");
  return sections.find((section) => section === named) ?? sections[0];
}
