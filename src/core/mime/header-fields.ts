import { concatOctets, latin1Text, octetsOf } from "../octets.ts";

/** Header fields by exact bytes (RFC 5322, section 2.2). Both CRLF and bare LF end a line. */

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

export interface HeaderField {
  /** Lower case; empty for a line that is no field. */
  readonly name: string;
  /** The whole field with its folding and its last line end. */
  readonly raw: Uint8Array;
  /** What follows the colon, unfolded and trimmed. Octets above 127 are read as UTF-8. */
  readonly value: string;
}

export interface HeaderAndBody {
  /** Everything before the empty line, with the last field's line end. */
  readonly header: Uint8Array;
  /** Everything after the empty line. */
  readonly body: Uint8Array;
}

/** A message or entity without an empty line is all header. Gives views, not copies. */
export function splitHeaderBody(entity: Uint8Array): HeaderAndBody {
  for (let start = 0; start < entity.length;) {
    const end = entity.indexOf(LF, start);
    if (end === -1) break;
    if (end === start || (end === start + 1 && entity[start] === CR)) {
      return { header: entity.subarray(0, start), body: entity.subarray(end + 1) };
    }
    start = end + 1;
  }
  return { header: entity, body: entity.subarray(entity.length) };
}

/** No mail has headers of this size; what somebody made to keep readers busy is not looked at. */
const MAX_HEADER_OCTETS = 1 << 20;
const MAX_FIELDS = 10_000;

/**
 * In order of appearance. The joined `raw` of all fields are the header's bytes. A header beyond all
 * measure is one line that is no field: then nothing in it counts, not even as a contradiction.
 */
export function headerFields(header: Uint8Array): HeaderField[] {
  if (header.length > MAX_HEADER_OCTETS) return [noField(header)];
  const fields: HeaderField[] = [];
  for (let start = 0; start < header.length;) {
    if (fields.length >= MAX_FIELDS) return [noField(header)];
    let end = nextLine(header, start);
    while (header[end] === 0x20 || header[end] === 0x09) end = nextLine(header, end);
    fields.push(headerField(header.subarray(start, end)));
    start = end;
  }
  return fields;
}

/**
 * Whether programs may differ about what the fields are: some end a line at a bare CR or the value
 * at a NUL, some do not know a field with white space before its colon, and at a line that is no
 * field some take the rest for the body. A mailbox file's "From " line at the start is none of these.
 */
export function isAmbiguousHeader(fields: readonly HeaderField[]): boolean {
  return fields.some(
    ({ name, raw }, index) =>
      raw.includes(0) ||
      hasBareCr(raw) ||
      (name !== "" && raw[name.length] !== COLON) ||
      (name === "" && !(index === 0 && /^>?From /.test(latin1Text(raw.subarray(0, 6))))),
  );
}

function hasBareCr(raw: Uint8Array): boolean {
  for (let at = raw.indexOf(CR); at !== -1; at = raw.indexOf(CR, at + 1)) {
    if (raw[at + 1] !== LF) return true;
  }
  return false;
}

/** Values of all fields of that name, in order of appearance. */
export function headerValues(fields: readonly HeaderField[], name: string): string[] {
  const wanted = name.toLowerCase();
  return fields.filter((field) => field.name === wanted).map((field) => field.value);
}

/** The name as it is written. */
export function writtenName({ raw }: HeaderField): string {
  return latin1Text(raw.subarray(0, raw.indexOf(0x3a))).trimEnd();
}

/** Content-Type, Content-Transfer-Encoding …: they describe the body and move with it. */
export function isStructureField(field: HeaderField): boolean {
  return field.name.startsWith("content-");
}

function nextLine(header: Uint8Array, from: number): number {
  const end = header.indexOf(LF, from);
  return end === -1 ? header.length : end + 1;
}

/** @param raw a whole field with its line end */
export function headerField(raw: Uint8Array): HeaderField {
  const colon = raw.indexOf(0x3a);
  const name = colon === -1 ? "" : latin1Text(raw.subarray(0, colon)).trimEnd().toLowerCase();
  if (!/^[!-9;-~]+$/.test(name)) return noField(raw);
  const value = new TextDecoder().decode(raw.subarray(colon + 1));
  return { name, raw, value: value.replace(/\r?\n(?=[ \t])/g, "").trim() };
}

function noField(raw: Uint8Array): HeaderField {
  return { name: "", raw, value: "" };
}

/** The last line of a header without a body may lack its end. */
export function endedField(field: HeaderField): HeaderField {
  const { raw } = field;
  return raw.at(-1) === LF ? field : { ...field, raw: concatOctets(raw, octetsOf("\r\n")) };
}
