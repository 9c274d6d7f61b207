import { decodeBase64 } from "./mime/base64.ts";
import { octetsOf } from "./octets.ts";
import { vCardProperties } from "./vcard.ts";

/** A file with contacts holds a few of them; an exported address book perhaps thousands. */
const MAX_KEYS = 10_000;

/** Whether a file is one or several vCards, by its first line. */
export function isVCard(text: string): boolean {
  return /^\s*BEGIN:VCARD\s*$/im.test(text.slice(0, 200));
}

/**
 * What the KEY properties of vCards hold: base64 (versions 2.1 and 3.0; RFC 2426, section 3.7.2) or
 * a data: URI (version 4.0; RFC 6350, section 6.8.1). Keys that are only referred to by an address
 * are left out: nothing is fetched. So are keys in clear text.
 * @param text as Latin-1 or UTF-8; keys are ASCII in either
 */
export function vCardKeys(text: string): Uint8Array[] {
  return vCardProperties(folded(text))
    .flatMap(({ name, parameters, value }) => {
      if (name !== "KEY") return [];
      const encoding = parameters.get("ENCODING") ?? "";
      // Version 2.1 leaves out the parameter's name.
      const encoded = /^(b|base64)$/i.test(encoding) || parameters.has("BASE64");
      const base64 = dataUri(value) ?? (encoded ? value : null);
      if (base64 === null) return [];
      return [decodeBase64(octetsOf(base64.replace(/[^A-Za-z0-9+/=]/g, "")))];
    })
    .slice(0, MAX_KEYS);
}

/** Some writers escape the comma and the semicolons as if it were a text, or the base64 as a URI. */
function dataUri(value: string): string | null {
  const found = /^\s*data:[^,]*;base64\\?,(.*)$/is.exec(value.replace(/\\;/g, ";"));
  if (found === null) return null;
  return (found[1] ?? "").replace(/%([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}

/**
 * Version 2.1 wraps base64 without a space in front of the next line, too, and ends it with an empty
 * one; here as the later versions fold it.
 */
function folded(text: string): string {
  let encoded = false;
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => {
      if (encoded && /^[A-Za-z0-9+/]+=*$/.test(line)) return ` ${line}`;
      if (!/^[ \t]/.test(line)) encoded = /^[^:]*[;=](?:b|base64)\b[^:]*:/i.test(line);
      return line;
    })
    .join("\r\n");
}
