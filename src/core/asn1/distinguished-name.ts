import { SmimeError } from "../errors.ts";
import { equalOctets, hexText } from "../octets.ts";
import type { DistinguishedName } from "../trust/certificate.ts";
import { textIn } from "./certificate-values.ts";
import { encodingOf, malformed, partsOf, readTlv, tags, type Tlv } from "./tlv.ts";
import { oidIn } from "./values.ts";

const EMAIL_ADDRESS = "1.2.840.113549.1.9.1";
const COMMON_NAME = "2.5.4.3";
const ORGANIZATION = "2.5.4.10";

/** Short names of RFC 4514, section 3, and the ones seen beside them in practice. */
const shortNames: Readonly<Record<string, string>> = {
  [COMMON_NAME]: "CN",
  "2.5.4.4": "SN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "street",
  [ORGANIZATION]: "O",
  "2.5.4.11": "OU",
  "2.5.4.12": "title",
  "2.5.4.42": "givenName",
  "2.5.4.65": "pseudonym",
  "2.5.4.97": "organizationIdentifier",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
  [EMAIL_ADDRESS]: "emailAddress",
};

interface Attribute {
  readonly type: string;
  readonly value: Tlv;
}

/** Relative distinguished names in encoded order; each is a set of one or more attributes. */
function relativeNames(name: Tlv): Attribute[][] {
  return partsOf(name, tags.sequence).map((relative) => {
    const parts = partsOf(relative, tags.set);
    if (parts.length === 0) throw malformed("empty relative distinguished name");
    return parts.map(attribute);
  });
}

function attribute(tlv: Tlv): Attribute {
  const [type, value, ...more] = partsOf(tlv, tags.sequence);
  if (value === undefined || more.length > 0) throw malformed("attribute");
  return { type: oidIn(type), value };
}

/** Control and direction characters would let a name pose as another one on the screen. */
function forPeople({ value }: Attribute): string {
  const text = textIn(value);
  return text === null
    ? `#${hexText(encodingOf(value))}`
    : text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}

function written(attribute: Attribute): string {
  const value = forPeople(attribute).replace(/[,+"\\<>;]/g, "\\$&");
  return `${shortNames[attribute.type] ?? attribute.type}=${value}`;
}

/** @throws SmimeError cms-malformed for anything that is not a Name (RFC 5280, 4.1.2.4) */
export function distinguishedName(name: Tlv): DistinguishedName {
  const relative = relativeNames(name);
  const last = (type: string): string | null => {
    const attribute = relative.flat().findLast((candidate) => candidate.type === type);
    return attribute === undefined ? null : forPeople(attribute);
  };
  return {
    der: encodingOf(name).slice(),
    text: relative
      .map((attributes) => attributes.map(written).join("+"))
      .reverse()
      .join(", "),
    commonName: last(COMMON_NAME),
    organization: last(ORGANIZATION),
  };
}

/** Values of the legacy emailAddress attribute, in encoded order. */
export function emailAddresses(name: Tlv): string[] {
  return relativeNames(name)
    .flat()
    .filter((attribute) => attribute.type === EMAIL_ADDRESS)
    .map(({ value }) => textIn(value))
    .filter((address) => address !== null);
}

const comparable = new WeakMap<DistinguishedName, readonly string[]>();

/**
 * One string per relative distinguished name, equal exactly where RFC 5280, 7.1 has them match:
 * string values without regard to type, case and insignificant space, all else byte for byte.
 */
function comparableName(name: DistinguishedName): readonly string[] {
  const known = comparable.get(name);
  if (known !== undefined) return known;
  const made = relativeNames(readTlv(name.der)).map((attributes) =>
    JSON.stringify(attributes.map(comparableAttribute).sort()),
  );
  comparable.set(name, made);
  return made;
}

function comparableAttribute({ type, value }: Attribute): string {
  const text = textIn(value);
  return text === null
    ? `${type}#${hexText(encodingOf(value))}`
    : `${type}=${text.normalize("NFKC").toLowerCase().trim().replace(/\s+/gu, " ")}`;
}

/** RFC 5280, 7.1. */
export function sameName(one: DistinguishedName, other: DistinguishedName): boolean {
  return one === other || nameKey(one) === nameKey(other);
}

/** The same for a name that is only encoded; false for what is no name. */
export function sameEncodedName(encoded: Uint8Array, name: DistinguishedName): boolean {
  if (equalOctets(encoded, name.der)) return true;
  try {
    return sameName(distinguishedName(readTlv(encoded)), name);
  } catch (error) {
    if (error instanceof SmimeError) return false;
    throw error;
  }
}

/** The same text for names that match, and for no others. */
export function nameKey(name: DistinguishedName): string {
  return comparableName(name).join("\n");
}

/** Whether `name` is `base` or below it in the directory (RFC 5280, 4.2.1.10). */
export function isWithin(name: DistinguishedName, base: DistinguishedName): boolean {
  const own = comparableName(name);
  return comparableName(base).every((relative, at) => relative === own[at]);
}
