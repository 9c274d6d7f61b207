import { isWithin } from "../asn1/distinguished-name.ts";
import { isMailbox } from "../asn1/general-names.ts";
import type { GeneralName } from "../asn1/general-names.ts";
import { alternativeNamesOf } from "../asn1/name-constraints.ts";
import type { NameConstraints, Subtree } from "../asn1/name-constraints.ts";
import { canonicalAddress, canonicalDomain } from "./addresses.ts";
import type { Certificate } from "./certificate.ts";

/** Of names with subtrees, for one certificate. Thousands of each are an attack on the reader's time. */
const MAX_COMPARISONS = 100_000;

/**
 * Whether all names of a certificate keep to the constraints (RFC 5280, 4.2.1.10) of every authority
 * above it. What nobody here can compare fails where its form is constrained at all: names of forms
 * that mail has no use for, names and bases that are malformed, subtrees with limits.
 */
export function namesPermitted(
  certificate: Certificate,
  constraints: readonly NameConstraints[],
): boolean {
  if (constraints.length === 0) return true;
  const names = namesOf(certificate);
  const subtrees = constraints.reduce(
    (count, { permitted, excluded }) => count + permitted.length + excluded.length,
    0,
  );
  if (names.length * subtrees > MAX_COMPARISONS) return false;
  return constraints.every((constraint) => names.every((name) => permits(constraint, name)));
}

/**
 * The subject's legacy emailAddress too where it counts as an address, and the SmtpUTF8Mailboxes,
 * to which constraints on rfc822Names apply (RFC 9598, section 6).
 */
function namesOf(certificate: Certificate): GeneralName[] {
  const { addresses, subject } = certificate;
  const alternative = alternativeNamesOf(certificate).map((name): GeneralName =>
    name.kind === "smtpUtf8Mailbox" ? { kind: "rfc822Name", address: name.address } : name,
  );
  return [
    ...alternative,
    ...(alternative.some(({ kind }) => kind === "rfc822Name")
      ? []
      : addresses.map((address) => ({ kind: "rfc822Name" as const, address }))),
    ...(subject.text === "" ? [] : [{ kind: "directoryName" as const, name: subject }]),
  ];
}

function permits({ permitted, excluded }: NameConstraints, name: GeneralName): boolean {
  const allowing = permitted.filter(({ base }) => sameForm(base, name));
  const forbidding = excluded.filter(({ base }) => sameForm(base, name));
  return (
    !forbidding.some((subtree) => covers(subtree, name) !== "no") &&
    (allowing.length === 0 || allowing.some((subtree) => covers(subtree, name) === "yes"))
  );
}

function sameForm(base: GeneralName, name: GeneralName): boolean {
  if (base.kind !== name.kind) return false;
  if (base.kind !== "other" || name.kind !== "other") return true;
  return base.form === name.form && base.type === name.type;
}

type Answer = "yes" | "no" | "unclear";

/** `unclear` neither permits, nor does it spare from being excluded. */
function covers({ base, limited }: Subtree, name: GeneralName): Answer {
  if (limited) return "unclear";
  if (base.kind === "rfc822Name" && name.kind === "rfc822Name")
    return addressWithin(name.address, base.address);
  if (base.kind === "directoryName" && name.kind === "directoryName")
    return isWithin(name.name, base.name) ? "yes" : "no";
  if (base.kind === "dnsName" && name.kind === "dnsName")
    return domainWithin(name.domain, base.domain);
  if (base.kind === "uri" && name.kind === "uri") return uriWithin(name.uri, base.uri);
  if (base.kind === "ipAddress" && name.kind === "ipAddress")
    return networkHas(base.octets, name.octets);
  return "unclear";
}

/** One mailbox, all mailboxes of one host, or (with a leading dot) those of all hosts of a domain. */
function addressWithin(address: string, base: string): Answer {
  if (!isMailbox(address)) return "unclear";
  const at = address.lastIndexOf("@");
  if (base.includes("@"))
    return canonicalAddress(address) === canonicalAddress(base) ? "yes" : "no";
  return hostWithin(canonicalDomain(address.slice(at + 1)), base);
}

function hostWithin(host: string, base: string): Answer {
  if (base === "") return "yes";
  const domain = canonicalDomain(base);
  if (domain === "." || /[\s*]/.test(domain)) return "unclear";
  return (domain.startsWith(".") ? host.endsWith(domain) : host === domain) ? "yes" : "no";
}

/**
 * A domain and all below it. A wildcard stands for names on both sides of a base that lies below
 * it. The leading dot that some authorities write has no meaning here.
 */
function domainWithin(name: string, base: string): Answer {
  const [domain, own] = [base.toLowerCase(), name.toLowerCase()];
  const bare = own.replace(/^\*(?=\.)/, "");
  if (!isDomain(bare === own ? own : bare.slice(1))) return "unclear";
  if (domain === "") return "yes";
  if (!isDomain(domain)) return "unclear";
  if (own === domain || bare.endsWith(`.${domain}`)) return "yes";
  return bare !== own && `.${domain}`.endsWith(bare) ? "unclear" : "no";
}

function isDomain(text: string): boolean {
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(text);
}

/** By the host of the URI, which has to be there and a name. */
function uriWithin(uri: string, base: string): Answer {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1];
  const host = authority?.replace(/^.*@/, "").replace(/:\d*$/, "").toLowerCase();
  if (host === undefined || !isDomain(host)) return "unclear";
  return /^\d+(?:\.\d+){3}$/.test(host) ? "unclear" : hostWithin(host, base);
}

/** @param network an address and its mask, one after the other */
function networkHas(network: Uint8Array, address: Uint8Array): Answer {
  const length = network.length / 2;
  const mask = network.subarray(length);
  if ((length !== 4 && length !== 16) || !isPrefix(mask)) return "unclear";
  if (address.length !== 4 && address.length !== 16) return "unclear";
  if (address.length !== length) return "no";
  return address.every((octet, at) => (((network[at] ?? 0) ^ octet) & (mask[at] ?? 0)) === 0)
    ? "yes"
    : "no";
}

/** Ones, then zeros (RFC 4632). */
function isPrefix(mask: Uint8Array): boolean {
  return /^1*0*$/.test(Array.from(mask, (octet) => octet.toString(2).padStart(8, "0")).join(""));
}
