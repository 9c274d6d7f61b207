import { writeContentInfo } from "../asn1/content-info.ts";
import {
  derHeader,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derSmallInteger,
  derTime,
} from "../asn1/der.ts";
import { attributeTypes, contentTypes } from "../asn1/oids.ts";
import { contextTag, tags } from "../asn1/tlv.ts";
import { SmimeError } from "../errors.ts";
import { bufferSource, concatOctets, equalOctets } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";
import { ownCapabilities } from "./capabilities.ts";
import { issuerAndSerialNumber, taggedIssuerAndSerialNumber } from "./certificate-identifiers.ts";
import { importPrivateKey } from "./private-keys.ts";
import type { SignatureScheme } from "./signature-algorithms.ts";
import { signingScheme } from "./signing-schemes.ts";
import { ecdsaSignatureValue } from "./verify-signature.ts";

export interface Signer {
  readonly certificate: Certificate;
  /** PKCS#8, DER. */
  readonly privateKey: Uint8Array;
  /** Intermediate certificates. A self-signed one among them is left out of the message. */
  readonly chain: readonly Certificate[];
  /** The certificate to be encrypted to, announced in the signature; null to announce none. */
  readonly encryptionCertificate: Certificate | null;
}

/**
 * A SignedData of one signer over content that travels beside it (RFC 5652, section 5).
 * @throws SmimeError send-certificate-unusable
 */
export function signDetached(
  content: Uint8Array,
  signer: Signer,
  signingTime: Date,
): Promise<Uint8Array> {
  return sign(content, signer, signingTime, [derSequence(derOid(contentTypes.data))]);
}

/** The same with the content in it. @throws SmimeError send-certificate-unusable */
export function signEncapsulated(
  content: Uint8Array,
  signer: Signer,
  signingTime: Date,
): Promise<Uint8Array> {
  const oid = derOid(contentTypes.data);
  const octets = derHeader(tags.octetString, content.length);
  const explicit = derHeader(contextTag(0, true), octets.length + content.length);
  const length = oid.length + explicit.length + octets.length + content.length;
  const frame = concatOctets(derHeader(tags.sequence, length), oid, explicit, octets);
  return sign(content, signer, signingTime, [frame, content]);
}

/** @param encapsulated EncapsulatedContentInfo, in pieces, so that bulk content is copied once */
async function sign(
  content: Uint8Array,
  signer: Signer,
  signingTime: Date,
  encapsulated: readonly Uint8Array[],
): Promise<Uint8Array> {
  const { scheme, digestAlgorithm, signatureAlgorithm } = signingScheme(
    signer.certificate.publicKey,
  );
  const digest = new Uint8Array(await crypto.subtle.digest(scheme.digest, bufferSource(content)));
  const attributes = signedAttributes(signer, digest, signingTime);
  const signature = await signatureOver(derSetOf(attributes), signer, scheme);
  const signerInfo = derSequence(
    derSmallInteger(1),
    issuerAndSerialNumber(signer.certificate),
    digestAlgorithm,
    derSetOf(attributes, contextTag(0, true)),
    signatureAlgorithm,
    derOctetString(signature),
  );
  return writeContentInfo(contentTypes.signedData, tags.sequence, [
    derSmallInteger(1),
    derSetOf([digestAlgorithm]),
    ...encapsulated,
    derSetOf(
      certificatesToSend(signer).map((certificate) => certificate.der),
      contextTag(0, true),
    ),
    derSetOf([signerInfo]),
  ]);
}

function signedAttributes(signer: Signer, digest: Uint8Array, signingTime: Date): Uint8Array[] {
  const encryption = signer.encryptionCertificate;
  const attributes = [
    attribute(attributeTypes.contentType, derOid(contentTypes.data)),
    attribute(attributeTypes.signingTime, derTime(signingTime)),
    attribute(attributeTypes.messageDigest, derOctetString(digest)),
    attribute(
      attributeTypes.smimeCapabilities,
      ownCapabilities((encryption ?? signer.certificate).publicKey.kind === "rsa"),
    ),
  ];
  if (encryption !== null) {
    attributes.push(
      attribute(
        attributeTypes.encryptionKeyPreference,
        taggedIssuerAndSerialNumber(contextTag(0, true), encryption),
      ),
    );
  }
  return attributes;
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return derSequence(derOid(type), derSetOf([value]));
}

async function signatureOver(
  attributes: Uint8Array,
  signer: Signer,
  scheme: SignatureScheme,
): Promise<Uint8Array> {
  let raw: Uint8Array;
  try {
    const key = await importPrivateKey(
      signer.privateKey,
      signer.certificate,
      scheme.importing,
      "sign",
    );
    raw = new Uint8Array(await crypto.subtle.sign(scheme.using, key, bufferSource(attributes)));
  } catch (cause) {
    throw new SmimeError("send-certificate-unusable", { cause });
  }
  return signer.certificate.publicKey.kind === "ec" ? ecdsaSignatureValue(raw) : raw;
}

/** Each once; a self-signed one proves nothing to the recipient (RFC 8550, section 2.3). */
function certificatesToSend(signer: Signer): Certificate[] {
  const wanted = [signer.certificate, signer.encryptionCertificate, ...signer.chain];
  const byFingerprint = new Map<string, Certificate>();
  for (const certificate of wanted) {
    if (certificate !== null) byFingerprint.set(certificate.fingerprint, certificate);
  }
  return [...byFingerprint.values()].filter(
    (certificate) =>
      certificate === signer.certificate ||
      !equalOctets(certificate.issuer.der, certificate.subject.der),
  );
}
