import { api } from "./api.ts";

/**
 * A string of `_locales` with its placeholders filled. An unknown key shows itself: a page stays
 * usable, and the locale test is what keeps this from happening.
 */
export function text(key: string, ...substitutions: readonly string[]): string {
  return api.i18n.getMessage(key, [...substitutions]) || key;
}

/** A date as the user's language writes it, such as "3 November 2026". */
export function date(iso: string): string {
  return new Intl.DateTimeFormat(api.i18n.getUILanguage(), { dateStyle: "long" }).format(
    new Date(iso),
  );
}
