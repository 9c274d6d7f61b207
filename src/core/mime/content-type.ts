import { headerValues, type HeaderField } from "./header-fields.ts";

/** A field of the form `value; name=value …` (RFC 2045, section 5.1; RFC 2183). */
export interface ParameterizedValue {
  /** "multipart/signed", "attachment" …, lower case. */
  readonly value: string;
  /** By lower-case name, RFC 2231 continuations and charsets resolved. The first of equals wins. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TEXT_PLAIN: ParameterizedValue = { value: "text/plain", parameters: new Map() };

/**
 * The entity's media type. text/plain where there is none, as RFC 2045, section 5.2, says; and
 * null where several fields contradict each other, since every reader takes another one.
 */
export function contentTypeOf(fields: readonly HeaderField[]): ParameterizedValue | null {
  const [first, ...others] = headerValues(fields, "content-type");
  if (first === undefined) return TEXT_PLAIN;
  return others.every((other) => other === first) ? parseParameterizedValue(first) : null;
}

const NAME = String.raw`[!#$%&'+\-.0-9A-Z^_\x60a-z{|}~]+`;
const PLAIN = new RegExp(
  String.raw`^${NAME}/${NAME}((?:\s*;\s*${NAME}\s*=\s*(?:[^\s"();\\]+|"[ !#-\[\]-~]*"))*)\s*;?$`,
);

/**
 * Whether all programs will take the same parameters from a Content-Type: comments, escapes,
 * repetitions, and the forms of RFC 2231 are read by some and not by others.
 */
export function isPlainContentType(field: string): boolean {
  const parameters = PLAIN.exec(field)?.[1];
  if (parameters === undefined || !/^[\t -~]*$/.test(field)) return false;
  const names = Array.from(
    parameters.matchAll(new RegExp(String.raw`;\s*(${NAME})\s*=\s*(?:"[^"]*")?`, "g")),
    ([, name = ""]) => name.toLowerCase(),
  );
  return new Set(names).size === names.length;
}

export function parseParameterizedValue(field: string): ParameterizedValue {
  const [value = "", ...rest] = splitAtSemicolons(field);
  const given = new Map<string, string>();
  for (const part of rest) {
    const equals = part.indexOf("=");
    if (equals === -1) continue;
    const name = part.slice(0, equals).trim().toLowerCase();
    if (!given.has(name)) given.set(name, part.slice(equals + 1));
  }
  return { value: value.trim().toLowerCase(), parameters: resolveExtended(given) };
}

/**
 * Cuts at semicolons outside quotes; drops comments and resolves quoting. White space in quotes is
 * part of the value (a long file name may be cut at a space); outside, at the ends, it is none.
 */
function splitAtSemicolons(field: string): string[] {
  const parts: string[] = [];
  let part = "";
  /** The part's last character: asking the growing string for it would copy it each time. */
  let last = "";
  /** Where the part's last character is that is no white space outside quotes. */
  let end = 0;
  let quoted = false;
  let comment = 0;
  const append = (character: string) => {
    part += character;
    last = character;
  };
  for (let index = 0; index < field.length; index++) {
    const character = field.charAt(index);
    if (character === "\\" && (quoted || comment > 0)) {
      index++;
      if (comment === 0) append(field.charAt(index));
    } else if (comment > 0) {
      if (character === "(") comment++;
      else if (character === ")") comment--;
    } else if (character === '"') quoted = !quoted;
    else if (quoted) append(character);
    else if (character === "(") comment = 1;
    else if (character === ";") {
      parts.push(part.slice(0, end));
      part = last = "";
      end = 0;
      continue;
    } else if (/\s/.test(character)) {
      if (last !== "" && last !== "=") append(character);
      continue;
    } else append(character);
    end = part.length;
  }
  parts.push(part.slice(0, end));
  return parts;
}

/** RFC 2231: `name*0`, `name*1*`, `name*=charset'language'percent-encoded`. */
function resolveExtended(given: ReadonlyMap<string, string>): Map<string, string> {
  const resolved = new Map<string, string>();
  for (const [name, value] of given) {
    if (!name.includes("*")) resolved.set(name, value);
  }
  for (const full of given.keys()) {
    const name = full.split("*", 1)[0] ?? "";
    if (full === name || resolved.has(name)) continue;
    resolved.set(name, extendedValue(given, name));
  }
  return resolved;
}

function extendedValue(given: ReadonlyMap<string, string>, name: string): string {
  const whole = given.get(`${name}*`);
  if (whole !== undefined) return decodeExtended(whole);
  let joined = "";
  let encoded = false;
  for (let index = 0; ; index++) {
    const plain = given.get(`${name}*${index}`);
    const extended = given.get(`${name}*${index}*`);
    if (plain === undefined && extended === undefined) break;
    encoded ||= extended !== undefined;
    // A plain piece among encoded ones may hold a literal percent sign.
    joined += extended ?? plain?.replaceAll("%", "%25") ?? "";
  }
  return encoded ? decodeExtended(joined) : joined.replaceAll("%25", "%");
}

function decodeExtended(value: string): string {
  const match = /^([^']*)'[^']*'(.*)$/s.exec(value);
  const text = match?.[2] ?? value;
  const octets = new Uint8Array(
    Array.from(text.matchAll(/%([0-9a-f]{2})|[^]/gi), ([all, hex]) =>
      hex === undefined ? all.charCodeAt(0) & 0xff : parseInt(hex, 16),
    ),
  );
  try {
    return new TextDecoder(match?.[1] ?? "utf-8").decode(octets);
  } catch {
    return new TextDecoder().decode(octets);
  }
}
