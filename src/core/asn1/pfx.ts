import { SmimeError } from "../errors.ts";
import { derNull, derOctetString, derOid, derSequence, derSmallInteger, toDer } from "./der.ts";
import { contentTypes, publicKeys } from "./oids.ts";
import {
  children,
  contextTag,
  encodingOf,
  expectOctets,
  explicitPart,
  malformed,
  octetsIn,
  partsOf,
  readTlv,
  tags,
} from "./tlv.ts";
import type { Tlv } from "./tlv.ts";
import { algorithmIn, oidIn, smallIntegerIn } from "./values.ts";
import type { AlgorithmIdentifier } from "./values.ts";

/**
 * Read without pkijs, whose classes refuse the whole file for one bag of a kind they do not know
 * and do not join octet strings that come in segments.
 */

export const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
export const bags = {
  key: "1.2.840.113549.1.12.10.1.1",
  shroudedKey: "1.2.840.113549.1.12.10.1.2",
  certificate: "1.2.840.113549.1.12.10.1.3",
  safeContents: "1.2.840.113549.1.12.10.1.6",
} as const;
export const X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";

/** Far more than any person has. */
const MAX_BAGS = 500;

/** PFX (RFC 7292, section 4), BER as well as DER. */
export interface Pfx {
  /** AuthenticatedSafe, encoded: what the MAC covers. */
  readonly authenticatedSafe: Uint8Array;
  readonly mac: MacData | null;
}

export interface MacData {
  readonly algorithm: AlgorithmIdentifier;
  readonly digest: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** Something encrypted under the password, and how. */
export interface PasswordEncrypted {
  readonly algorithm: AlgorithmIdentifier;
  readonly data: Uint8Array;
}

/** One content of the AuthenticatedSafe: SafeContents, encoded, as it is or encrypted. */
export type Safe =
  | { readonly kind: "clear"; readonly contents: Uint8Array }
  | { readonly kind: "encrypted"; readonly encrypted: PasswordEncrypted };

/** A SafeBag of a kind that matters; nested safes are unfolded, others left out. */
export type Bag =
  | { readonly kind: "key"; readonly privateKey: Uint8Array }
  | { readonly kind: "shrouded-key"; readonly encrypted: PasswordEncrypted }
  | { readonly kind: "certificate"; readonly der: Uint8Array };

/**
 * Bytes after the end are passed over.
 * @throws SmimeError cms-malformed; pkcs12-unsupported for files protected with public keys
 */
export function readPfx(file: Uint8Array): Pfx {
  const [version, authSafe, macData] = partsOf(readTlv(file), tags.sequence);
  if (smallIntegerIn(version) !== 3) throw malformed("PFX version");
  const [contentType, content] = partsOf(authSafe, tags.sequence);
  if (oidIn(contentType) !== contentTypes.data) throw unsupported("public-key integrity");
  if (content === undefined) throw malformed("authenticated safe");
  return {
    authenticatedSafe: expectOctets(explicitPart(content)),
    mac: macData === undefined ? null : readMacData(macData),
  };
}

function readMacData(macData: Tlv): MacData {
  const [digestInfo, salt, iterations] = partsOf(macData, tags.sequence);
  const [algorithm, digest] = partsOf(digestInfo, tags.sequence);
  return {
    algorithm: algorithmIn(algorithm),
    digest: expectOctets(digest),
    salt: expectOctets(salt),
    iterations: iterations === undefined ? 1 : smallIntegerIn(iterations),
  };
}

/** @throws SmimeError cms-malformed; pkcs12-unsupported for safes encrypted to public keys */
export function readSafes(authenticatedSafe: Uint8Array): Safe[] {
  return partsOf(readTlv(authenticatedSafe), tags.sequence).map((contentInfo) => {
    const [type, content] = partsOf(contentInfo, tags.sequence);
    if (content === undefined) throw malformed("safe");
    switch (oidIn(type)) {
      case contentTypes.data:
        return { kind: "clear", contents: expectOctets(explicitPart(content)) };
      case ENCRYPTED_DATA:
        return { kind: "encrypted", encrypted: readEncryptedData(explicitPart(content)) };
      default:
        throw unsupported("safe encrypted to a public key");
    }
  });
}

/** EncryptedData (RFC 5652, section 8); its content is tagged implicitly. */
function readEncryptedData(encryptedData: Tlv): PasswordEncrypted {
  const [, info] = partsOf(encryptedData, tags.sequence);
  const [, algorithm, content] = partsOf(info, tags.sequence);
  if (content === undefined || (content.tag & ~0x20) !== contextTag(0, false))
    throw malformed("encrypted content");
  return { algorithm: algorithmIn(algorithm), data: octetsIn(content) };
}

/** @throws SmimeError cms-malformed */
export function readBags(safeContents: Uint8Array): Bag[] {
  const found: Bag[] = [];
  collectBags(readTlv(safeContents), found);
  return found;
}

function collectBags(safeContents: Tlv, into: Bag[]): void {
  for (const bag of partsOf(safeContents, tags.sequence)) {
    const [type, wrapped] = partsOf(bag, tags.sequence);
    if (wrapped === undefined || into.length >= MAX_BAGS) throw malformed("bag");
    const value = explicitPart(wrapped);
    switch (oidIn(type)) {
      case bags.key:
        into.push({ kind: "key", privateKey: encodingOf(value) });
        break;
      case bags.shroudedKey: {
        const [algorithm, data] = partsOf(value, tags.sequence);
        const encrypted = { algorithm: algorithmIn(algorithm), data: expectOctets(data) };
        into.push({ kind: "shrouded-key", encrypted });
        break;
      }
      case bags.certificate: {
        const [form, der] = partsOf(value, tags.sequence);
        if (oidIn(form) !== X509_CERTIFICATE || der === undefined) break;
        into.push({ kind: "certificate", der: expectOctets(explicitPart(der)) });
        break;
      }
      case bags.safeContents:
        collectBags(value, into);
        break;
    }
  }
}

/** PrivateKeyInfo (RFC 5208) and OneAsymmetricKey (RFC 5958). */
export interface PrivateKeyInfo {
  /** Object identifier of the key's algorithm. */
  readonly algorithm: string;
  /** Of the named curve, for elliptic curves. */
  readonly curve: string | null;
  /** What the privateKey field holds. */
  readonly key: Uint8Array;
  /**
   * PrivateKeyInfo, DER, of version 0 and without attributes or public key, neither of which
   * WebCrypto takes everywhere.
   */
  readonly der: Uint8Array;
}

/** @throws SmimeError cms-malformed */
export function readPrivateKeyInfo(encoded: Uint8Array): PrivateKeyInfo {
  const [version, algorithmTlv, keyTlv] = partsOf(readTlv(encoded), tags.sequence);
  if (smallIntegerIn(version) > 1) throw malformed("private key version");
  const { oid, parameters, tlv } = algorithmIn(algorithmTlv);
  const key = expectOctets(keyTlv).slice();
  // NULL is what RFC 8017 has for RSA, but some files leave it out.
  const algorithm =
    oid === publicKeys.rsaEncryption ? derSequence(derOid(oid), derNull()) : toDer(tlv);
  return {
    algorithm: oid,
    curve: parameters?.tag === tags.oid ? oidIn(parameters) : null,
    key,
    der: derSequence(derSmallInteger(0), algorithm, derOctetString(key)),
  };
}

/** Modulus and public exponent of an RSAPrivateKey, as encoded INTEGERs. @throws SmimeError cms-malformed */
export function rsaPublicPart(rsaPrivateKey: Uint8Array): readonly Uint8Array[] {
  return children(readTlv(rsaPrivateKey)).slice(1, 3).map(toDer);
}

function unsupported(detail: string): SmimeError {
  return new SmimeError("pkcs12-unsupported", { detail });
}
