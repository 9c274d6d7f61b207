import type { EnvelopedData, RecipientInfo } from "../asn1/enveloped-data.ts";
import { contentTypes, publicKeys } from "../asn1/oids.ts";
import { randomOctets } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";
import { identifies } from "./certificate-identifiers.ts";
import { cipherName, contentCipher, type ContentCipher } from "./content-ciphers.ts";
import {
  agreementName,
  agreementSupported,
  decryptKeyAgreed,
  isWeakAgreement,
} from "./key-agreement.ts";
import { readRsaPrivateKey } from "./rsa-keys.ts";
import { decryptKeyOaep, readOaepParameters } from "./rsaes-oaep.ts";
import { decryptKey } from "./rsaes-pkcs1-v1_5.ts";
import type { EncryptionReason, EncryptionVerdict } from "./verdict.ts";

export interface DecryptContext {
  readonly ownCertificates: readonly Certificate[];
  /** PKCS#8, DER. Called only when a recipient info names one of the own certificates. */
  readonly privateKey: (fingerprint: string) => Promise<Uint8Array>;
}

export interface Decrypted {
  readonly verdict: EncryptionVerdict;
  readonly content: Uint8Array | null;
  /** Whose key opened it. */
  readonly own: Certificate | null;
}

/** Recipient infos naming the same own certificate again are somebody's attempts. */
const MAX_ATTEMPTS = 4;

/**
 * The content, if one of the recipient infos is for one of the own keys. Whatever goes wrong from
 * the key on is one and the same failure, without a hint at which step it was.
 * @throws what `privateKey` throws; SmimeError cms-malformed
 */
export async function decryptEnveloped(
  enveloped: EnvelopedData,
  context: DecryptContext,
): Promise<Decrypted> {
  // A MIME entity is always of type data (RFC 8551, section 2.4.1).
  const cipher = enveloped.contentType === contentTypes.data ? contentCipher(enveloped) : null;
  const verdict: EncryptionVerdict = {
    verdict: "unsupported",
    reason: "algorithm-unsupported",
    cipher: cipher?.name ?? cipherName(enveloped.contentEncryptionAlgorithm.oid),
    keyManagement: enveloped.recipients.map(keyManagementName),
    authenticated: false,
    weak: cipher?.weak ?? false,
  };
  const conclude = (
    outcome: EncryptionVerdict["verdict"],
    reason: EncryptionReason,
  ): Decrypted => ({ verdict: { ...verdict, verdict: outcome, reason }, content: null, own: null });

  const matches = enveloped.recipients.flatMap((info) => matchesOf(info, context.ownCertificates));
  if (matches.length === 0) return conclude("no-key", "no-matching-key");
  const supported = matches.filter(({ info }) => isSupported(info));
  if (cipher === null || supported.length === 0) {
    return conclude("unsupported", "algorithm-unsupported");
  }
  for (const { info, own } of supported.slice(0, MAX_ATTEMPTS)) {
    const content = await attempt(info, own, cipher, await context.privateKey(own.fingerprint));
    if (content === null) continue;
    const authenticated = enveloped.authenticated !== null;
    const weak = cipher.weak || (info.kind === "key-agreement" && isWeakAgreement(info));
    return {
      verdict: { ...verdict, verdict: "decrypted", reason: null, authenticated, weak },
      content,
      own,
    };
  }
  return conclude("failed", "decryption-failed");
}

type AddressedInfo = Extract<RecipientInfo, { readonly kind: "key-transport" | "key-agreement" }>;

interface Match {
  readonly info: AddressedInfo;
  readonly own: Certificate;
}

function matchesOf(info: RecipientInfo, ownCertificates: readonly Certificate[]): Match[] {
  if (info.kind !== "key-transport" && info.kind !== "key-agreement") return [];
  return ownCertificates
    .filter((own) => identifies(info.identifier, own))
    .map((own) => ({ info, own }));
}

async function attempt(
  info: AddressedInfo,
  own: Certificate,
  cipher: ContentCipher,
  privateKey: Uint8Array,
): Promise<Uint8Array | null> {
  try {
    const key = await contentKey(info, own, cipher, privateKey);
    // A wrong key goes on as a random one, so that it fails where any wrong key would.
    return await cipher.decrypt(
      key?.length === cipher.keyLength ? key : randomOctets(cipher.keyLength),
    );
  } catch {
    return null;
  }
}

async function contentKey(
  info: AddressedInfo,
  own: Certificate,
  cipher: ContentCipher,
  privateKey: Uint8Array,
): Promise<Uint8Array | null> {
  if (info.kind === "key-agreement") return decryptKeyAgreed(privateKey, own, info);
  if (info.algorithm.oid === publicKeys.rsaEncryption) {
    return decryptKey(readRsaPrivateKey(privateKey), info.encryptedKey, cipher.keyLength);
  }
  const parameters = readOaepParameters(info.algorithm);
  return parameters === null ? null : decryptKeyOaep(privateKey, parameters, info.encryptedKey);
}

function isSupported(info: AddressedInfo): boolean {
  if (info.kind === "key-agreement") return agreementSupported(info);
  if (info.algorithm.oid === publicKeys.rsaEncryption) return true;
  return info.algorithm.oid === publicKeys.rsaesOaep && readOaepParameters(info.algorithm) !== null;
}

function keyManagementName(info: RecipientInfo): string {
  if (info.kind === "key-agreement") return agreementName(info);
  if (info.kind !== "key-transport") return info.kind;
  if (info.algorithm.oid === publicKeys.rsaEncryption) return "rsaes-pkcs1-v1_5";
  return info.algorithm.oid === publicKeys.rsaesOaep ? "rsaes-oaep" : info.algorithm.oid;
}
