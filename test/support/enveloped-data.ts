import { writeContentInfo } from "../../src/core/asn1/content-info.ts";
import {
  der,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derSmallInteger,
} from "../../src/core/asn1/der.ts";
import { ciphers, contentTypes, publicKeys } from "../../src/core/asn1/oids.ts";
import { contextTag, tags } from "../../src/core/asn1/tlv.ts";
import { bufferSource } from "../../src/core/octets.ts";
import { issuerAndSerialNumber } from "../../src/core/smime/certificate-identifiers.ts";
import { readRsaPublicKey } from "../../src/core/smime/rsa-keys.ts";
import { encryptKey } from "../../src/core/smime/rsaes-pkcs1-v1_5.ts";
import type { Certificate } from "../../src/core/trust/certificate.ts";
import { opaqueMessage, plainAlgorithm } from "./signed-data.ts";

/** EnvelopedData and AuthEnvelopedData put together piece by piece. */

export const contentKey = (octets: number): Uint8Array =>
  Uint8Array.from({ length: octets }, (_, index) => index + 1);

/** KeyTransRecipientInfo for an RSA certificate. */
export function keyTransport(
  recipient: Certificate,
  key: Uint8Array,
  {
    identifier = issuerAndSerialNumber(recipient),
    algorithm = plainAlgorithm(publicKeys.rsaEncryption),
    encryptedKey = encryptKey(readRsaPublicKey(recipient.publicKey.spki), key),
    version = 0,
  } = {},
): Uint8Array {
  return derSequence(derSmallInteger(version), identifier, algorithm, derOctetString(encryptedKey));
}

export interface CraftedEnvelope {
  readonly recipients: readonly Uint8Array[];
  /** AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly encrypted: Uint8Array;
  readonly contentType?: string;
  /** originatorInfo, encoded with its tag. */
  readonly originator?: Uint8Array;
  /** Of AuthEnvelopedData: what it then is. */
  readonly mac?: Uint8Array;
  /** authAttrs as they stand in the message, with their tag. */
  readonly attributes?: Uint8Array;
  /** unprotectedAttrs or unauthAttrs, encoded with their tag. */
  readonly unprotected?: Uint8Array;
}

/** A ContentInfo. */
export function craftEnveloped(crafted: CraftedEnvelope): Uint8Array {
  const { recipients, algorithm, encrypted, originator, mac, attributes, unprotected } = crafted;
  const optional = (piece: Uint8Array | undefined) => (piece === undefined ? [] : [piece]);
  const type = mac === undefined ? contentTypes.envelopedData : contentTypes.authEnvelopedData;
  return writeContentInfo(type, tags.sequence, [
    derSmallInteger(0),
    ...optional(originator),
    derSetOf(recipients),
    derSequence(
      derOid(crafted.contentType ?? contentTypes.data),
      algorithm,
      der(contextTag(0, false), encrypted),
    ),
    ...optional(attributes),
    ...(mac === undefined ? [] : [derOctetString(mac)]),
    ...optional(unprotected),
  ]);
}

/** The mail around it. */
export const envelopedMessage = (cms: Uint8Array): Uint8Array =>
  opaqueMessage(cms, { type: "application/pkcs7-mime; smime-type=enveloped-data" });

/** AES-CBC and its AlgorithmIdentifier. */
export async function encryptCbc(
  key: Uint8Array,
  content: Uint8Array,
): Promise<{ algorithm: Uint8Array; encrypted: Uint8Array }> {
  const iv = Uint8Array.from({ length: 16 }, (_, index) => 16 - index);
  const oid = { 16: ciphers.aes128Cbc, 24: ciphers.aes192Cbc, 32: ciphers.aes256Cbc }[key.length];
  const encrypted = await aes({ name: "AES-CBC", iv }, key, content);
  return { algorithm: derSequence(derOid(oid ?? ""), derOctetString(iv)), encrypted };
}

/** AES-GCM, its AlgorithmIdentifier and its tag. */
export async function encryptGcm(
  key: Uint8Array,
  content: Uint8Array,
  { nonceLength = 12, tagLength = 16, additionalData = new Uint8Array(0), announced = true } = {},
): Promise<{ algorithm: Uint8Array; encrypted: Uint8Array; mac: Uint8Array }> {
  const iv = Uint8Array.from({ length: nonceLength }, (_, index) => index + 7);
  const oid = { 16: ciphers.aes128Gcm, 24: ciphers.aes192Gcm, 32: ciphers.aes256Gcm }[key.length];
  const result = await aes(
    {
      name: "AES-GCM",
      iv,
      tagLength: tagLength * 8,
      additionalData: bufferSource(additionalData),
    },
    key,
    content,
  );
  const parameters = [derOctetString(iv), ...(announced ? [derSmallInteger(tagLength)] : [])];
  return {
    algorithm: derSequence(derOid(oid ?? ""), derSequence(...parameters)),
    encrypted: result.subarray(0, -tagLength),
    mac: result.subarray(-tagLength),
  };
}

async function aes(
  algorithm: AesCbcParams | AesGcmParams,
  key: Uint8Array,
  content: Uint8Array,
): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", bufferSource(key), algorithm.name, false, [
    "encrypt",
  ]);
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, imported, bufferSource(content)));
}
