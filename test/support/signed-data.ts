import { createPrivateKey, sign } from "node:crypto";
import { writeContentInfo } from "../../src/core/asn1/content-info.ts";
import {
  der,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derSmallInteger,
} from "../../src/core/asn1/der.ts";
import { attributeTypes, contentTypes, digests, publicKeys } from "../../src/core/asn1/oids.ts";
import { contextTag, tags } from "../../src/core/asn1/tlv.ts";
import { encodeBase64Lines } from "../../src/core/mime/base64.ts";
import { digestOf } from "../../src/core/smime/digest-algorithms.ts";
import { issuerAndSerialNumber } from "../../src/core/smime/certificate-identifiers.ts";
import type { Certificate } from "../../src/core/trust/certificate.ts";
import { octets, text } from "./messages.ts";

/** SignedData put together piece by piece, so that each piece can be wrong by itself. */

export type Digest = "MD5" | "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";

const digestOids: Readonly<Record<Digest, string>> = {
  MD5: digests.md5,
  "SHA-1": digests.sha1,
  "SHA-256": digests.sha256,
  "SHA-384": digests.sha384,
  "SHA-512": digests.sha512,
};

export interface CraftedSigner {
  readonly certificate: Certificate;
  /** PKCS#8, DER. */
  readonly key: Uint8Array;
  readonly digest?: Digest;
  /** AlgorithmIdentifier, where it is not the digest's. */
  readonly digestAlgorithm?: Uint8Array;
  /** AlgorithmIdentifier; rsaEncryption unless said otherwise. */
  readonly signatureAlgorithm?: Uint8Array;
  /** What is signed with; the digest unless said otherwise. */
  readonly signatureDigest?: Digest;
  /** SignerIdentifier; issuer and serial number unless said otherwise. */
  readonly identifier?: Uint8Array;
  readonly version?: number;
  /** null: none, and the signature is over the content. Content type and digest by default. */
  readonly attributes?: readonly Uint8Array[] | null;
  /** What stands in the message, where that is not what was signed. */
  readonly shown?: Uint8Array;
  /** The unsigned attributes, encoded with their tag. */
  readonly unsigned?: Uint8Array;
  readonly breakSignature?: boolean;
}

export interface CraftedSignedData {
  readonly content: Uint8Array;
  readonly contentType?: string;
  /** Whether the content is inside. */
  readonly opaque?: boolean;
  readonly signers: readonly CraftedSigner[];
  /** CertificateChoices, encoded; the signers' by default. */
  readonly certificates?: readonly Uint8Array[];
  readonly crls?: readonly Uint8Array[];
}

export const plainAlgorithm = (oid: string): Uint8Array => derSequence(derOid(oid), derNull());

export const attribute = (type: string, ...values: readonly Uint8Array[]): Uint8Array =>
  derSequence(derOid(type), derSetOf(values));

export const contentTypeAttribute = (type: string = contentTypes.data): Uint8Array =>
  attribute(attributeTypes.contentType, derOid(type));

export async function digestAttribute(
  content: Uint8Array,
  digest: Digest = "SHA-256",
): Promise<Uint8Array> {
  return attribute(attributeTypes.messageDigest, derOctetString(await digestOf(digest, content)));
}

/** A ContentInfo. */
export async function craftSignedData(crafted: CraftedSignedData): Promise<Uint8Array> {
  const { content, contentType = contentTypes.data, opaque = false, signers, crls } = crafted;
  const infos: Uint8Array[] = [];
  for (const signer of signers) infos.push(await signerInfo(signer, content, contentType));
  const certificates = crafted.certificates ?? signers.map(({ certificate }) => certificate.der);
  return writeContentInfo(contentTypes.signedData, tags.sequence, [
    derSmallInteger(1),
    derSetOf(signers.map(({ digest = "SHA-256" }) => plainAlgorithm(digestOids[digest]))),
    derSequence(
      derOid(contentType),
      ...(opaque ? [der(contextTag(0, true), derOctetString(content))] : []),
    ),
    derSetOf(certificates, contextTag(0, true)),
    ...(crls === undefined ? [] : [derSetOf(crls, contextTag(1, true))]),
    derSetOf(infos),
  ]);
}

async function signerInfo(
  signer: CraftedSigner,
  content: Uint8Array,
  contentType: string,
): Promise<Uint8Array> {
  const { certificate, key, digest = "SHA-256", shown, unsigned } = signer;
  const attributes =
    signer.attributes === undefined
      ? [contentTypeAttribute(contentType), await digestAttribute(content, digest)]
      : signer.attributes;
  const tbs = attributes === null ? content : derSetOf(attributes);
  const privateKey = createPrivateKey({ key: Buffer.from(key), format: "der", type: "pkcs8" });
  const algorithm =
    privateKey.asymmetricKeyType === "ed25519"
      ? null
      : (signer.signatureDigest ?? digest).replace("-", "");
  const signature = new Uint8Array(sign(algorithm, tbs, privateKey));
  if (signer.breakSignature === true) signature[20] = (signature[20] ?? 0) ^ 1;
  return derSequence(
    derSmallInteger(signer.version ?? 1),
    signer.identifier ?? issuerAndSerialNumber(certificate),
    signer.digestAlgorithm ?? plainAlgorithm(digestOids[digest]),
    ...(attributes === null ? [] : [shown ?? derSetOf(attributes, contextTag(0, true))]),
    signer.signatureAlgorithm ?? plainAlgorithm(publicKeys.rsaEncryption),
    derOctetString(signature),
    ...(unsigned === undefined ? [] : [unsigned]),
  );
}

const FROM = "alice@smime.example";

/** application/pkcs7-mime around CMS. */
export function opaqueMessage(
  cms: Uint8Array,
  { from = FROM, type = "application/pkcs7-mime; smime-type=signed-data" } = {},
): Uint8Array {
  return octets(
    `From: ${from}\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${text(encodeBase64Lines(cms))}`,
  );
}

/** multipart/signed of an entity and CMS. */
export function detachedMessage(
  content: Uint8Array,
  cms: Uint8Array,
  {
    from = FROM,
    type = 'multipart/signed; protocol="application/pkcs7-signature"; boundary=b',
  } = {},
): Uint8Array {
  return octets(
    `From: ${from}\r\nContent-Type: ${type}\r\n\r\n--b\r\n${text(content)}\r\n--b\r\n` +
      `Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n` +
      `${text(encodeBase64Lines(cms))}--b--\r\n`,
  );
}

/** Crafted, with the signature beside the content or, if so said, around it. */
export async function craftMessage(crafted: CraftedSignedData): Promise<Uint8Array> {
  const cms = await craftSignedData(crafted);
  return crafted.opaque === true ? opaqueMessage(cms) : detachedMessage(crafted.content, cms);
}
