/**
 * Header fields as text (RFC 5322, RFC 2047, RFC 2231): ASCII only, each ended with CRLF, folded
 * so that no line is longer than 78 characters as long as it has a place to fold.
 */

const LINE = 78;
/** RFC 2047, section 2: an encoded-word may not be longer than this. */
const ENCODED_WORD = 75;

export interface Mailbox {
  readonly name: string | null;
  readonly address: string;
}

/** An unstructured field such as Subject. Line breaks in the text become spaces. */
export function textField(name: string, text: string): string {
  const clean = text.replace(/[\x00-\x1f\x7f]+/g, " ").trim();
  if (isPlain(clean)) return foldedField(name, clean.split(/ (?=\S)/));
  return foldedField(name, encodedWords(clean, name.length + 2));
}

/** From, To …: nothing for no mailboxes. */
export function mailboxField(name: string, mailboxes: readonly Mailbox[]): string {
  if (mailboxes.length === 0) return "";
  const words = mailboxes.flatMap((mailbox, index) => {
    const end = index < mailboxes.length - 1 ? "," : "";
    const written = mailboxWords(mailbox);
    const last = written.pop() ?? "";
    return [...written, last + end];
  });
  return foldedField(name, words);
}

/** Message-ID, References …, without the angle brackets: nothing for none. */
export function identifierField(name: string, identifiers: readonly string[]): string {
  if (identifiers.length === 0) return "";
  return foldedField(
    name,
    identifiers.map((identifier) => `<${identifier.replace(/[\s<>]/g, "")}>`),
  );
}

/** Content-Type and Content-Disposition. Values that need it are written as RFC 2231 says. */
export function parameterField(
  name: string,
  value: string,
  parameters: Readonly<Record<string, string>>,
): string {
  const written = Object.entries(parameters).flatMap(([parameter, given]) =>
    parameterPieces(parameter, given),
  );
  const words = [value, ...written];
  return foldedField(
    name,
    words.map((word, index) => (index < words.length - 1 ? `${word};` : word)),
  );
}

function mailboxWords({ name, address }: Mailbox): string[] {
  const clean = (name ?? "").replace(/[\x00-\x1f\x7f]+/g, " ").trim();
  if (clean === "") return [address];
  const spec = `<${address}>`;
  if (!isPlain(clean)) return [...encodedWords(clean, LINE - ENCODED_WORD), spec];
  if (/^[\w!#$%&'*+\-/=?^`{|}~ ]+$/.test(clean)) return [...clean.split(" "), spec];
  return [`"${clean.replace(/["\\]/g, "\\$&")}"`, spec];
}

/** ASCII, and nothing that a reader could take for an encoded-word or that cannot be folded. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text) && !text.includes("=?") && !/\S{900}/.test(text);
}

/** UTF-8 in base64, no character cut in two. `used` characters of the first line are taken. */
function encodedWords(text: string, used: number): string[] {
  const words: string[] = [];
  let piece: number[] = [];
  const room = () => {
    const width = Math.min(ENCODED_WORD, words.length === 0 ? LINE - used : ENCODED_WORD);
    return Math.floor((width - "=?UTF-8?B??=".length) / 4) * 3;
  };
  const flush = () => {
    if (piece.length > 0) words.push(`=?UTF-8?B?${btoa(String.fromCharCode(...piece))}?=`);
    piece = [];
  };
  for (const character of text) {
    const octets = [...new TextEncoder().encode(character)];
    if (piece.length + octets.length > room()) flush();
    piece.push(...octets);
  }
  flush();
  return words;
}

/** One parameter in as many pieces as its length needs (RFC 2231, sections 3 and 4.1). */
function parameterPieces(parameter: string, value: string): string[] {
  const clean = value.replace(/[\x00-\x1f\x7f]+/g, " ");
  const ascii = /^[ -~]*$/.test(clean);
  const whole = ascii
    ? `${parameter}=${quoted(clean)}`
    : `${parameter}*=UTF-8''${Array.from(clean, percentEncoded).join("")}`;
  if (whole.length < LINE - 1) return [whole];

  const width = LINE - parameter.length - "*10*=UTF-8''\"\"; ".length;
  const pieces: string[] = [""];
  for (const character of clean) {
    const next = ascii ? character.replace(/["\\]/, "\\$&") : percentEncoded(character);
    const last = pieces[pieces.length - 1] ?? "";
    if (last.length + next.length > width) pieces.push(next);
    else pieces[pieces.length - 1] = last + next;
  }
  return pieces.map((piece, index) =>
    ascii
      ? `${parameter}*${index}="${piece}"`
      : `${parameter}*${index}*=${index === 0 ? "UTF-8''" : ""}${piece}`,
  );
}

function quoted(value: string): string {
  return /^[A-Za-z0-9!#$&+\-^_`{|}~.]+$/.test(value)
    ? value
    : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

function percentEncoded(character: string): string {
  if (/[A-Za-z0-9!#$&+\-^_`{|}~.]/.test(character)) return character;
  return [...new TextEncoder().encode(character)]
    .map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}

/** The words with a space or a fold between each two. */
function foldedField(name: string, words: readonly string[]): string {
  let field = `${name}:`;
  let line = field.length;
  words.forEach((word, index) => {
    const fold = index > 0 && line + 1 + word.length > LINE;
    field += fold ? `\r\n ${word}` : ` ${word}`;
    line = fold ? 1 + word.length : line + 1 + word.length;
  });
  return `${field}\r\n`;
}
