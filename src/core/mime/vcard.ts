import { decodeBase64 } from "./base64.ts";
import { octetsOf } from "../octets.ts";

/** A file with contacts holds a few of them; an exported address book perhaps thousands. */
const MAX_KEYS = 10_000;

/** Whether a file is one or several vCards, by its first line. */
export function isVCard(text: string): boolean {
  return /^\s*BEGIN:VCARD\s*$/im.test(text.slice(0, 200));
}

/**
 * What the KEY properties of vCards hold: base64 (versions 2.1 and 3.0; RFC 2426, section 3.7.2) or
 * a data: URI (version 4.0; RFC 6350, section 6.8.1). Keys that are only referred to by an address
 * are left out: nothing is fetched. So are OpenPGP keys in clear text.
 * @param text as Latin-1 or UTF-8; keys are ASCII in either
 */
export function vCardKeys(text: string): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (const line of contentLines(text)) {
    const property = /^(?:[A-Za-z0-9-]+\.)?KEY((?:;(?:"[^"]*"|[^":])*)?):(.*)$/is.exec(line);
    if (property === null) continue;
    const [, parameters = "", value = ""] = property;
    const base64 = dataUri(value) ?? (/[;=](?:b|base64)\b/i.test(parameters) ? value : null);
    if (base64 !== null) keys.push(decodeBase64(octetsOf(base64.replace(/[^A-Za-z0-9+/=]/g, ""))));
    if (keys.length >= MAX_KEYS) break;
  }
  return keys;
}

/** Some writers escape the comma and the semicolons as if it were a text. */
function dataUri(value: string): string | null {
  const found = /^\s*data:[^,]*;base64\\?,(.*)$/is.exec(value.replace(/\\;/g, ";"));
  return found === null ? null : decodeURIComponentSafely(found[1] ?? "");
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Folded lines in one piece (RFC 6350, section 3.2). Version 2.1 wraps base64 without a space in
 * front as well, and ends it with an empty line.
 */
function contentLines(text: string): string[] {
  const lines: string[][] = [];
  let wrapped = false;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const last = lines.at(-1);
    const goesOn = wrapped && /^[A-Za-z0-9+/]+=*$/.test(line);
    if (last !== undefined && (/^[ \t]/.test(line) || goesOn)) {
      last.push(goesOn ? line : line.slice(1));
      continue;
    }
    wrapped = /^[^:]*ENCODING=(?:b|base64)\b[^:]*:/i.test(line);
    lines.push([line]);
  }
  return lines.map((pieces) => pieces.join(""));
}
