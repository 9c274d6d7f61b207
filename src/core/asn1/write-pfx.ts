import {
  der,
  derExplicit,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derSmallInteger,
} from "./der.ts";
import { contentTypes } from "./oids.ts";
import { bags, ENCRYPTED_DATA, X509_CERTIFICATE } from "./pfx.ts";
import { contextTag, tags } from "./tlv.ts";

/** How programs name an entry, and what ties a key to its certificate (RFC 2985, section 5.5). */
export interface BagAttributes {
  readonly friendlyName: string;
  /** Any octets; null for a certificate without a key of its own. */
  readonly localKeyId: Uint8Array | null;
}

/** An AlgorithmIdentifier, encoded, and what was encrypted so. */
export interface Encrypted {
  readonly algorithm: Uint8Array;
  readonly data: Uint8Array;
}

export function certificateBag(certificate: Uint8Array, attributes: BagAttributes): Uint8Array {
  const value = derSequence(derOid(X509_CERTIFICATE), derExplicit(0, derOctetString(certificate)));
  return safeBag(bags.certificate, value, attributes);
}

/** PKCS8ShroudedKeyBag (RFC 7292, section 4.2.2). */
export function shroudedKeyBag(
  { algorithm, data }: Encrypted,
  attributes: BagAttributes,
): Uint8Array {
  return safeBag(bags.shroudedKey, derSequence(algorithm, derOctetString(data)), attributes);
}

function safeBag(type: string, value: Uint8Array, attributes: BagAttributes): Uint8Array {
  const { friendlyName, localKeyId } = attributes;
  const encoded = [
    attribute("1.2.840.113549.1.9.20", der(tags.bmpString, utf16(friendlyName))),
    ...(localKeyId === null
      ? []
      : [attribute("1.2.840.113549.1.9.21", derOctetString(localKeyId))]),
  ];
  return derSequence(derOid(type), derExplicit(0, value), derSetOf(encoded));
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return derSequence(derOid(type), derSetOf([value]));
}

function utf16(text: string): Uint8Array {
  return Uint8Array.from({ length: 2 * text.length }, (_, at) => {
    const unit = text.charCodeAt(at >> 1);
    return at % 2 === 0 ? unit >> 8 : unit & 0xff;
  });
}

export function safeContents(safeBags: readonly Uint8Array[]): Uint8Array {
  return derSequence(...safeBags);
}

/** ContentInfo of type data (RFC 5652, section 4). */
export function clearSafe(contents: Uint8Array): Uint8Array {
  return derSequence(derOid(contentTypes.data), derExplicit(0, derOctetString(contents)));
}

/** ContentInfo of type encrypted-data (RFC 5652, section 8). */
export function encryptedSafe({ algorithm, data }: Encrypted): Uint8Array {
  const info = derSequence(derOid(contentTypes.data), algorithm, der(contextTag(0, false), data));
  return derSequence(derOid(ENCRYPTED_DATA), derExplicit(0, derSequence(derSmallInteger(0), info)));
}

/** @param mac DigestInfo, salt and iterations of a MacData, encoded */
export function pfx(authenticatedSafe: Uint8Array, mac: Uint8Array): Uint8Array {
  return derSequence(derSmallInteger(3), clearSafe(authenticatedSafe), mac);
}
