import { headerFields, headerValues, splitHeaderBody } from "./header-fields.ts";

/**
 * The one address in the message's From field, as written ("Alice <alice@smime.example>" gives
 * "alice@smime.example"). null unless there is exactly one From field with exactly one mailbox
 * that can be read in only one way (RFC 5322, section 3.4; RFC 6532): a signature is compared with
 * it, so every doubt counts against it. Groups and source routes are such doubts.
 */
export function fromAddress(message: Uint8Array): string | null {
  const values = headerValues(headerFields(splitHeaderBody(message).header), "from");
  const [value] = values;
  return value === undefined || values.length > 1 ? null : mailboxAddress(value);
}

type Token =
  | { readonly kind: "atom" | "quoted" | "literal"; readonly text: string }
  | { readonly kind: "special"; readonly text: string };

/** The address of a field value that holds exactly one mailbox, else null. */
export function mailboxAddress(value: string): string | null {
  const tokens = tokenize(value);
  if (tokens === null) return null;
  const open = tokens.findIndex(({ kind, text }) => kind === "special" && text === "<");
  if (open === -1) return addrSpec(tokens);
  const phrase = tokens.slice(0, open);
  const close = tokens.at(-1);
  if (phrase.some(({ kind }) => kind === "special" || kind === "literal")) return null;
  if (close?.kind !== "special" || close.text !== ">") return null;
  return addrSpec(tokens.slice(open + 1, -1));
}

function addrSpec(tokens: readonly Token[]): string | null {
  const [local, at, domain, ...rest] = tokens;
  if (local === undefined || domain === undefined || rest.length > 0) return null;
  if (at?.kind !== "special" || at.text !== "@") return null;
  const domainText = domain.kind === "literal" || domain.kind === "atom" ? domain.text : null;
  if (domainText === null || (domain.kind === "atom" && !isDotAtom(domain.text))) return null;
  if (local.kind === "atom") return isDotAtom(local.text) ? `${local.text}@${domainText}` : null;
  if (local.kind !== "quoted") return null;
  if (isDotAtom(local.text)) return `${local.text}@${domainText}`;
  return `"${local.text.replace(/["\\]/g, "\\$&")}"@${domainText}`;
}

function isDotAtom(text: string): boolean {
  return /^[^\s"(),:;<>@[\\\]]+$/u.test(text) && !/^\.|\.\.|\.$/.test(text);
}

/** Comments and white space only separate. null if something is unbalanced or a control character. */
function tokenize(value: string): Token[] | null {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) return null;
  const tokens: Token[] = [];
  let index = 0;
  while (index < value.length) {
    const character = value.charAt(index);
    if (character === " " || character === "\t") index++;
    else if (character === "(") {
      const end = commentEnd(value, index);
      if (end === null) return null;
      index = end;
    } else if (character === '"') {
      const match = /"((?:[^"\\]|\\.)*)"/y;
      match.lastIndex = index;
      const text = match.exec(value)?.[1];
      if (text === undefined) return null;
      tokens.push({ kind: "quoted", text: text.replace(/\\(.)/g, "$1") });
      index = match.lastIndex;
    } else if (character === "[") {
      const end = value.indexOf("]", index);
      if (end === -1) return null;
      tokens.push({ kind: "literal", text: value.slice(index, end + 1) });
      index = end + 1;
    } else if (/[<>@,;:\\\])]/.test(character)) {
      tokens.push({ kind: "special", text: character });
      index++;
    } else {
      const atom = /[^\s"(),:;<>@[\\\]]+/y;
      atom.lastIndex = index;
      const text = atom.exec(value)?.[0];
      // White space outside ASCII would look like nothing to the reader.
      if (text === undefined) return null;
      tokens.push({ kind: "atom", text });
      index = atom.lastIndex;
    }
  }
  return tokens;
}

function commentEnd(value: string, start: number): number | null {
  let depth = 0;
  for (let index = start; index < value.length; index++) {
    const character = value.charAt(index);
    if (character === "\\") index++;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return index + 1;
  }
  return null;
}
