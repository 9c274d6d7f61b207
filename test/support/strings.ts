import { readFileSync } from "node:fs";

interface Entry {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}

/** What the add-on says for a key, with its placeholders filled, as `text()` on a page does. */
export type Say = (key: string, ...substitutions: readonly string[]) => string;

/** @param language a folder of `_locales` */
export function strings(language: string): Say {
  const file = new URL(`../../_locales/${language}/messages.json`, import.meta.url);
  const entries = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, Entry>>;
  return (key, ...substitutions) => {
    const entry = entries[key];
    if (entry === undefined) throw new Error(`no string ${key} in ${language}`);
    return entry.message.replaceAll(/\$(\w+)\$/g, (_, name: string) => {
      const content = entry.placeholders?.[name.toLowerCase()]?.content ?? "";
      return content.replaceAll(
        /\$(\d)/g,
        (_, place: string) => substitutions[Number(place) - 1] ?? "",
      );
    });
  };
}
