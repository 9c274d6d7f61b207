import { isWithin } from "../asn1/distinguished-name.ts";
import type { GeneralName } from "../asn1/general-names.ts";
import { alternativeNamesOf } from "../asn1/name-constraints.ts";
import type { NameConstraints } from "../asn1/name-constraints.ts";
import { canonicalAddress, canonicalDomain } from "./addresses.ts";
import type { Certificate } from "./certificate.ts";

/**
 * Whether all names of a certificate keep to the constraints (RFC 5280, 4.2.1.10) of every authority
 * above it. Mail addresses and directory names are compared; a name of another form fails where
 * that form is constrained at all, since nobody has looked at it.
 */
export function namesPermitted(
  certificate: Certificate,
  constraints: readonly NameConstraints[],
): boolean {
  if (constraints.length === 0) return true;
  const names = namesOf(certificate);
  return constraints.every((constraint) => names.every((name) => permits(constraint, name)));
}

function permits({ permitted, excluded }: NameConstraints, name: GeneralName): boolean {
  const sameForm = (bases: readonly GeneralName[]): readonly GeneralName[] =>
    bases.filter((base) => formOf(base) === formOf(name));
  const allowing = sameForm(permitted);
  const forbidding = sameForm(excluded);
  if (name.kind !== "rfc822Name" && name.kind !== "directoryName")
    return allowing.length === 0 && forbidding.length === 0;
  return (
    !forbidding.some((base) => isBelow(name, base)) &&
    (allowing.length === 0 || allowing.some((base) => isBelow(name, base)))
  );
}

/**
 * `addresses` has the subject's legacy emailAddress too where it counts as an address, and the
 * SmtpUTF8Mailboxes, to which constraints on rfc822Names apply (RFC 9598, section 6).
 */
function namesOf(certificate: Certificate): GeneralName[] {
  const { addresses, subject } = certificate;
  return [
    ...addresses.map((address) => ({ kind: "rfc822Name" as const, address })),
    ...(subject.text === "" ? [] : [{ kind: "directoryName" as const, name: subject }]),
    ...alternativeNamesOf(certificate).filter(({ kind }) => kind !== "rfc822Name"),
  ];
}

/** The tag of the general name. */
function formOf(name: GeneralName): number {
  switch (name.kind) {
    case "rfc822Name":
      return 1;
    case "directoryName":
      return 4;
    case "smtpUtf8Mailbox":
      return 0;
    case "other":
      return name.form;
  }
}

function isBelow(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === "rfc822Name" && base.kind === "rfc822Name")
    return addressWithin(name.address, base.address);
  if (name.kind === "directoryName" && base.kind === "directoryName")
    return isWithin(name.name, base.name);
  return false;
}

/** One mailbox, all mailboxes of one host, or (with a leading dot) those of all hosts of a domain. */
function addressWithin(address: string, base: string): boolean {
  if (base === "") return true;
  if (base.includes("@")) return canonicalAddress(address) === canonicalAddress(base);
  const host = canonicalDomain(address.slice(address.lastIndexOf("@") + 1));
  const domain = canonicalDomain(base);
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain;
}
