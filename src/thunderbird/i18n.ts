import { api } from "./api.ts";
import { isolated } from "./isolated.ts";

/**
 * A string of `_locales` with its placeholders filled. An unknown key shows itself: a page stays
 * usable, and the locale test is what keeps this from happening.
 */
export function text(key: string, ...substitutions: readonly string[]): string {
  return api.i18n.getMessage(key, substitutions.map(isolated)) || key;
}

/**
 * A sentence about a number: the string `KEY_one` or `KEY_other`, as the language has it for this
 * number, which fills the first placeholder.
 */
export function counted(key: string, count: number, ...others: readonly string[]): string {
  // Among the languages there are, the other forms are for what no sentence here is about.
  const form = new Intl.PluralRules(locale()).select(count) === "one" ? "one" : "other";
  return text(`${key}_${form}`, number(count), ...others);
}

/** A number as the user's language writes it, such as "10,000". */
export function number(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** A date as the user's language writes it, such as "3 November 2026". */
export function date(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long" }).format(new Date(iso));
}

/** A date with the time of day, such as "3 November 2026 at 14:05". */
export function time(iso: string): string {
  const format = { dateStyle: "long", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat(locale(), format).format(new Date(iso));
}

/**
 * The same without this year's number: "3 November". An abbreviated month would end in a dot of its
 * own in some languages, and then a sentence in two.
 */
export function shortDate(iso: string): string {
  const day = new Date(iso);
  const year = day.getFullYear() === new Date().getFullYear() ? {} : ({ year: "numeric" } as const);
  return dayFormat(year).format(day);
}

/** Making one takes long beside using it, and lists have many dates. */
const dayFormats = new Map<boolean, Intl.DateTimeFormat>();

function dayFormat(year: { readonly year?: "numeric" }): Intl.DateTimeFormat {
  const known = dayFormats.get("year" in year);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", ...year });
  dayFormats.set("year" in year, made);
  return made;
}

/**
 * Which way a page is read: as Thunderbird is where both are in the same language, else as the
 * strings are. Those that there are, all read from left to right.
 */
export function direction(): "ltr" | "rtl" {
  const same = api.i18n.getUILanguage().split("-")[0] === text("language");
  return same && text("@@bidi_dir") === "rtl" ? "rtl" : "ltr";
}

/** Thunderbird's language with its region where the strings are in it, else the strings' own. */
export function locale(): string {
  const user = api.i18n.getUILanguage();
  const strings = text("language");
  return user.split("-")[0] === strings ? user : strings;
}
