import { sha1 } from "@noble/hashes/legacy.js";
import { der, derSequence } from "../asn1/der.ts";
import { sameEncodedName } from "../asn1/distinguished-name.ts";
import { publicKeyBits } from "../asn1/ocsp.ts";
import type { CertificateIdentifier } from "../asn1/signed-data.ts";
import { tags } from "../asn1/tlv.ts";
import { equalOctets } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";

/**
 * Whether this certificate is the one that a signer or recipient info names. Names are compared as
 * names, since some senders write the issuer anew instead of copying it, and with other strings.
 */
export function identifies(identifier: CertificateIdentifier, certificate: Certificate): boolean {
  switch (identifier.kind) {
    case "issuer-and-serial":
      return (
        magnitude(certificate.serialNumber) === magnitude(identifier.serialNumber) &&
        sameEncodedName(identifier.issuer, certificate.issuer)
      );
    case "subject-key-identifier":
      return equalOctets(
        certificate.subjectKeyIdentifier ?? keyDigest(certificate),
        identifier.keyIdentifier,
      );
  }
}

/** What names the key of a certificate that does not say it (RFC 5280, section 4.2.1.2, method 1). */
function keyDigest({ publicKey }: Certificate): Uint8Array {
  return sha1(publicKeyBits(publicKey.spki));
}

/** Hexadecimal digits without zeros in front, which some leave out or add. */
function magnitude(serialNumber: string): string {
  return serialNumber.replace(/^(00)+(?=.)/, "");
}

/** The content octets of an IssuerAndSerialNumber (RFC 5652, section 10.2.4). */
function issuerAndSerialParts(certificate: Certificate): [Uint8Array, Uint8Array] {
  const serial = certificate.serialNumber.match(/../g) ?? [];
  return [
    certificate.issuer.der,
    der(
      tags.integer,
      Uint8Array.from(serial, (pair) => parseInt(pair, 16)),
    ),
  ];
}

export function issuerAndSerialNumber(certificate: Certificate): Uint8Array {
  return derSequence(...issuerAndSerialParts(certificate));
}

/** The same under an implicit tag. */
export function taggedIssuerAndSerialNumber(tag: number, certificate: Certificate): Uint8Array {
  return der(tag, ...issuerAndSerialParts(certificate));
}
