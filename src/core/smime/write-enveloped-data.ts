import { contentInfoPieces } from "../asn1/content-info.ts";
import {
  der,
  derBitString,
  derExplicit,
  derHeader,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derSmallInteger,
} from "../asn1/der.ts";
import { ciphers, contentTypes, publicKeys } from "../asn1/oids.ts";
import { contextTag, tags } from "../asn1/tlv.ts";
import { SmimeError } from "../errors.ts";
import { bufferSource, concatOctets, randomOctets } from "../octets.ts";
import { announcesOaep } from "./capabilities.ts";
import { issuerAndSerialNumber } from "./certificate-identifiers.ts";
import { encryptKeyAgreed } from "./key-agreement.ts";
import { readRsaPublicKey } from "./rsa-keys.ts";
import { encryptKeyOaep, oaepSha256Algorithm } from "./rsaes-oaep.ts";
import { encryptKey } from "./rsaes-pkcs1-v1_5.ts";
import type { Capabilities } from "./verdict.ts";
import type { Certificate } from "../trust/certificate.ts";

export interface Recipient {
  readonly certificate: Certificate;
  /** What they announced in a verified signature; null if they never did. */
  readonly capabilities: Capabilities | null;
}

export type EnvelopeCipher = "aes-256-gcm" | "aes-256-cbc";

/**
 * EnvelopedData (RFC 5652, section 6) for AES-256-CBC, AuthEnvelopedData (RFC 5083) for
 * AES-256-GCM. In pieces, of which the encrypted content is one, so that it is not copied.
 * @throws SmimeError send-certificate-unusable
 */
export async function envelop(
  content: Uint8Array,
  recipients: readonly Recipient[],
  cipher: EnvelopeCipher,
): Promise<Uint8Array[]> {
  const key = randomOctets(32);
  const unique = new Map(
    recipients.map((recipient) => [recipient.certificate.fingerprint, recipient]),
  );
  const infos = await Promise.all(
    Array.from(unique.values(), (recipient) => recipientInfo(recipient, key)),
  );
  // In the order of their encodings, which knows nothing of who is the sender.
  const recipientInfos = derSetOf(infos.map(({ encoded }) => encoded));
  if (cipher === "aes-256-gcm") {
    const { algorithm, encrypted } = await encryptGcm(content, key);
    const tagStart = encrypted.length - 16;
    return contentInfoPieces(contentTypes.authEnvelopedData, tags.sequence, [
      derSmallInteger(0),
      recipientInfos,
      ...encryptedContentInfo(algorithm, encrypted.subarray(0, tagStart)),
      derOctetString(encrypted.subarray(tagStart)),
    ]);
  }
  const { algorithm, encrypted } = await encryptCbc(content, key);
  const version = infos.every(({ kind }) => kind === "key-transport") ? 0 : 2;
  return contentInfoPieces(contentTypes.envelopedData, tags.sequence, [
    derSmallInteger(version),
    recipientInfos,
    ...encryptedContentInfo(algorithm, encrypted),
  ]);
}

function encryptedContentInfo(algorithm: Uint8Array, encrypted: Uint8Array): Uint8Array[] {
  const start = concatOctets(
    derOid(contentTypes.data),
    algorithm,
    derHeader(contextTag(0, false), encrypted.length),
  );
  return [derHeader(tags.sequence, start.length + encrypted.length), start, encrypted];
}

interface Encrypted {
  /** AlgorithmIdentifier with its parameters. */
  readonly algorithm: Uint8Array;
  readonly encrypted: Uint8Array;
}

async function encryptCbc(content: Uint8Array, key: Uint8Array): Promise<Encrypted> {
  const iv = randomOctets(16);
  return {
    algorithm: derSequence(derOid(ciphers.aes256Cbc), derOctetString(iv)),
    encrypted: await aesEncrypt({ name: "AES-CBC", iv }, key, content),
  };
}

/** RFC 5084, section 3.2: a nonce of 12 octets, a tag of 16. */
async function encryptGcm(content: Uint8Array, key: Uint8Array): Promise<Encrypted> {
  const iv = randomOctets(12);
  const parameters = derSequence(derOctetString(iv), derSmallInteger(16));
  return {
    algorithm: derSequence(derOid(ciphers.aes256Gcm), parameters),
    encrypted: await aesEncrypt({ name: "AES-GCM", iv, tagLength: 128 }, key, content),
  };
}

async function aesEncrypt(
  algorithm: AesCbcParams | AesGcmParams,
  key: Uint8Array,
  content: Uint8Array,
): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", bufferSource(key), algorithm.name, false, [
    "encrypt",
  ]);
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, imported, bufferSource(content)));
}

interface EncodedRecipientInfo {
  readonly kind: "key-transport" | "key-agreement";
  readonly encoded: Uint8Array;
}

async function recipientInfo(recipient: Recipient, key: Uint8Array): Promise<EncodedRecipientInfo> {
  try {
    switch (recipient.certificate.publicKey.kind) {
      case "rsa":
        return { kind: "key-transport", encoded: await keyTransport(recipient, key) };
      case "ec":
      case "x25519":
        return { kind: "key-agreement", encoded: await keyAgreement(recipient, key) };
      default:
        throw new SmimeError("send-certificate-unusable", { detail: "its key cannot encrypt" });
    }
  } catch (cause) {
    throw new SmimeError("send-certificate-unusable", { cause });
  }
}

/** KeyTransRecipientInfo, RFC 5652, section 6.2.1. */
async function keyTransport(
  { certificate, capabilities }: Recipient,
  key: Uint8Array,
): Promise<Uint8Array> {
  const { spki } = certificate.publicKey;
  const oaep = announcesOaep(capabilities);
  return derSequence(
    derSmallInteger(0),
    issuerAndSerialNumber(certificate),
    oaep ? oaepSha256Algorithm() : derSequence(derOid(publicKeys.rsaEncryption), derNull()),
    derOctetString(
      oaep ? await encryptKeyOaep(spki, key) : encryptKey(readRsaPublicKey(spki), key),
    ),
  );
}

/** KeyAgreeRecipientInfo, RFC 5652, section 6.2.2, with a key pair of its own for each recipient. */
async function keyAgreement({ certificate }: Recipient, key: Uint8Array): Promise<Uint8Array> {
  const agreed = await encryptKeyAgreed(certificate, key);
  const originatorKey = der(
    contextTag(1, true),
    agreed.originatorAlgorithm,
    derBitString(agreed.originatorKey),
  );
  return der(
    contextTag(1, true),
    derSmallInteger(3),
    derExplicit(0, originatorKey),
    agreed.keyEncryptionAlgorithm,
    derSequence(
      derSequence(issuerAndSerialNumber(certificate), derOctetString(agreed.encryptedKey)),
    ),
  );
}
