import { decodeWords } from "postal-mime";
import type { HeaderField } from "./header-fields.ts";

/**
 * A field's value for people: encoded words decoded (RFC 2047), white space and what was meant as
 * a line break or control character as single spaces. Octets above 127 are UTF-8 (RFC 6532) or
 * else, as old programs wrote them, windows-1252. Never to be parsed for addresses any more.
 */
export function readableValue({ raw, value }: HeaderField): string {
  const text = value.includes("\ufffd") ? legacyText(raw) : value;
  return decodeWords(text)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

function legacyText(raw: Uint8Array): string {
  const octets = raw.subarray(raw.indexOf(0x3a) + 1);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    return new TextDecoder("windows-1252").decode(octets);
  }
}
