import { octetsOf } from "../octets.ts";
import { canonicalAddress } from "../trust/addresses.ts";
import { extensionIds } from "./certificate-fields.ts";
import {
  der,
  derBitString,
  derExplicit,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derSmallInteger,
  derTime,
  derUnsignedInteger,
} from "./der.ts";
import { contextTag, tags } from "./tlv.ts";

const COMMON_NAME = "2.5.4.3";
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";
const SMTP_UTF8_MAILBOX = "1.3.6.1.5.5.7.8.9";

/** A Name (RFC 5280, 4.1.2.4) of one attribute, the common name. */
export function commonName(text: string): Uint8Array {
  const value = der(tags.utf8String, new TextEncoder().encode(text));
  return derSequence(derSetOf([derSequence(derOid(COMMON_NAME), value)]));
}

/** What a mail user's key is to be used for, as bits of the key usage (RFC 5280, 4.2.1.3). */
export type MailKeyUsage = "digitalSignature" | "keyEncipherment" | "keyAgreement";

const usageBits: Record<MailKeyUsage, number> = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyAgreement: 4,
};

/** Extensions for mail: address, key usage, extended key usage. Encoded, each an Extension. */
export function mailExtensions(address: string, usages: readonly MailKeyUsage[]): Uint8Array[] {
  return [
    extension(extensionIds.subjectAlternativeName, false, derSequence(mailbox(address))),
    extension(extensionIds.keyUsage, true, namedBits(usages.map((usage) => usageBits[usage]))),
    extension(extensionIds.extendedKeyUsage, false, derSequence(derOid(EMAIL_PROTECTION))),
  ];
}

/** Of a certificate that issues no others. */
export function endEntityExtensions(keyIdentifier: Uint8Array): Uint8Array[] {
  return [
    extension(extensionIds.basicConstraints, true, derSequence()),
    extension(extensionIds.subjectKeyIdentifier, false, derOctetString(keyIdentifier)),
  ];
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return derSequence(
    derOid(id),
    ...(critical ? [der(tags.boolean, Uint8Array.of(0xff))] : []),
    derOctetString(value),
  );
}

/** rfc822Name, or SmtpUTF8Mailbox where the local part is beyond ASCII (RFC 9598, section 3). */
function mailbox(address: string): Uint8Array {
  const canonical = canonicalAddress(address);
  if (!/[^\p{ASCII}]/u.test(canonical)) return der(contextTag(1, false), octetsOf(canonical));
  const text = der(tags.utf8String, new TextEncoder().encode(canonical));
  return der(contextTag(0, true), derOid(SMTP_UTF8_MAILBOX), derExplicit(0, text));
}

/** DER leaves out zeros at the end (X.690, 11.2.2). */
function namedBits(bits: readonly number[]): Uint8Array {
  const last = Math.max(...bits);
  const octets = new Uint8Array((last >> 3) + 1);
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return der(tags.bitString, Uint8Array.of(7 - (last & 7)), octets);
}

/**
 * CertificationRequestInfo (RFC 2986, section 4.1) that asks for the extensions (RFC 2985, 5.4.2).
 * @param subject a Name, encoded
 * @param publicKey SubjectPublicKeyInfo
 */
export function certificationRequestInfo(
  subject: Uint8Array,
  publicKey: Uint8Array,
  extensions: readonly Uint8Array[],
): Uint8Array {
  const request = derSequence(derOid(EXTENSION_REQUEST), derSetOf([derSequence(...extensions)]));
  return derSequence(
    derSmallInteger(0),
    subject,
    publicKey,
    derSetOf([request], contextTag(0, true)),
  );
}

/** TBSCertificate, version 3 (RFC 5280, 4.1), of a subject that is its own issuer. */
export function selfIssuedCertificate(fields: {
  /** Positive, at most 20 octets, big-endian. */
  readonly serialNumber: Uint8Array;
  readonly signatureAlgorithm: Uint8Array;
  readonly name: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Uint8Array[];
}): Uint8Array {
  return derSequence(
    derExplicit(0, derSmallInteger(2)),
    derUnsignedInteger(fields.serialNumber),
    fields.signatureAlgorithm,
    fields.name,
    derSequence(derTime(fields.notBefore), derTime(fields.notAfter)),
    fields.name,
    fields.publicKey,
    derExplicit(3, derSequence(...fields.extensions)),
  );
}

/** A CertificationRequest or Certificate: what is signed, how, and the signature. */
export function signedStructure(
  signed: Uint8Array,
  signatureAlgorithm: Uint8Array,
  signature: Uint8Array,
): Uint8Array {
  return derSequence(signed, signatureAlgorithm, derBitString(signature));
}
