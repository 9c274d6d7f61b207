import { canonicalDomain } from "./addresses.ts";
import { decodePunycode } from "./punycode.ts";

/**
 * An address for people to read: labels of the domain in their own script where they cannot be
 * taken for another name, else as A-labels; characters that would change the look of what stands
 * around them are made visible.
 */
export function shownAddress(address: string): string {
  const at = address.lastIndexOf("@");
  if (at === -1) return visible(address);
  return `${visible(address.slice(0, at))}@${shownDomain(canonicalDomain(address.slice(at + 1)))}`;
}

/** Control and formatting characters, such as those that turn the direction of writing around. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "�");
}

/** @param domain canonical */
function shownDomain(domain: string): string {
  const labels = domain.split(".");
  const decoded = labels.map(decodeLabel);
  const top = decoded.at(-1) ?? null;
  return labels
    .map((label, index) => {
      const unicode = decoded[index] ?? null;
      return unicode !== null && isPlain(unicode, top) ? unicode : visible(label);
    })
    .join(".");
}

/** null for what is no A-label, or is not the one that its own decoding gives (RFC 5891, 5.4). */
function decodeLabel(label: string): string | null {
  if (!label.startsWith("xn--")) return null;
  const unicode = decodePunycode(label.slice("xn--".length));
  return unicode !== null && canonicalDomain(unicode) === label ? unicode : null;
}

/** Scripts that are written together in one word (UTS #39, section 5.2, "highly restrictive"). */
const scripts: readonly RegExp[] = [
  /^[\p{scx=Latin}]+$/u,
  /^[\p{scx=Latin}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+$/u,
  /^[\p{scx=Latin}\p{scx=Han}\p{scx=Bopomofo}]+$/u,
  /^[\p{scx=Latin}\p{scx=Han}\p{scx=Hangul}]+$/u,
  /^[\p{scx=Arabic}]+$/u,
  /^[\p{scx=Armenian}]+$/u,
  /^[\p{scx=Bengali}]+$/u,
  /^[\p{scx=Cyrillic}]+$/u,
  /^[\p{scx=Devanagari}]+$/u,
  /^[\p{scx=Ethiopic}]+$/u,
  /^[\p{scx=Georgian}]+$/u,
  /^[\p{scx=Greek}]+$/u,
  /^[\p{scx=Gujarati}]+$/u,
  /^[\p{scx=Gurmukhi}]+$/u,
  /^[\p{scx=Hebrew}]+$/u,
  /^[\p{scx=Kannada}]+$/u,
  /^[\p{scx=Khmer}]+$/u,
  /^[\p{scx=Lao}]+$/u,
  /^[\p{scx=Malayalam}]+$/u,
  /^[\p{scx=Myanmar}]+$/u,
  /^[\p{scx=Sinhala}]+$/u,
  /^[\p{scx=Tamil}]+$/u,
  /^[\p{scx=Telugu}]+$/u,
  /^[\p{scx=Thaana}]+$/u,
  /^[\p{scx=Thai}]+$/u,
  /^[\p{scx=Tibetan}]+$/u,
];

/** Letters of other scripts that look like Latin ones (UTS #39, section 4, "whole-script confusables"). */
const lookAlikes: readonly (readonly [script: RegExp, letters: RegExp])[] = [
  [/\p{sc=Cyrillic}/u, /^[аысԁеԍһіюјӏорԗԛѕԝхуъьҽпгѵѡ]+$/u],
  [/\p{sc=Greek}/u, /^[αγικνοορτυχωϲϳϱ]+$/u],
  [/\p{sc=Armenian}/u, /^[ցիհոսքօզյաԁւ]+$/u],
];

/** Whether a label is what it looks like. */
function isPlain(label: string, top: string | null): boolean {
  // Digits and hyphens belong to every script; other common characters, such as dots in the middle,
  // to none that a name needs.
  const letters = label.replace(/[0-9-]/g, "");
  if (!/^[\p{L}\p{M}]+$/u.test(letters)) return false;
  if (!scripts.some((script) => script.test(letters))) return false;
  // Marks that stand on others, and letters such as the dotless i, change a Latin name too little.
  if (/\p{M}{2}|[ıʼˈ]/u.test(letters)) return false;
  return !lookAlikes.some(
    ([script, alike]) => script.test(letters) && alike.test(letters) && !script.test(top ?? ""),
  );
}
