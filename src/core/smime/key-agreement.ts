import { keyAgreement as oids, publicKeys } from "../asn1/oids.ts";
import { derExplicit, derOctetString, derOid, derSequence, toDer } from "../asn1/der.ts";
import type { RecipientInfo } from "../asn1/enveloped-data.ts";
import { partsOf, readTlv, tags } from "../asn1/tlv.ts";
import { algorithmIn, bitStringIn } from "../asn1/values.ts";
import { bufferSource, concatOctets } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";
import { digestOf, type ReadDigestName } from "./digest-algorithms.ts";
import { unwrapKey, wrapKey, wrapKeyBits } from "./key-wrap.ts";
import { importPrivateKey } from "./private-keys.ts";

/** Ephemeral-static Diffie-Hellman with key wrap (RFC 5753; RFC 8418 for X25519). */

type KeyAgreementInfo = RecipientInfo & { readonly kind: "key-agreement" };

interface Scheme {
  readonly derivation: "x9.63" | "hkdf";
  readonly hash: ReadDigestName;
}

/** The NIST curves' cofactor is one, so that both Diffie-Hellman primitives are the same. */
const schemes: ReadonlyMap<string, Scheme> = new Map([
  [oids.stdDhSha1Kdf, { derivation: "x9.63", hash: "SHA-1" }],
  [oids.stdDhSha224Kdf, { derivation: "x9.63", hash: "SHA-224" }],
  [oids.stdDhSha256Kdf, { derivation: "x9.63", hash: "SHA-256" }],
  [oids.stdDhSha384Kdf, { derivation: "x9.63", hash: "SHA-384" }],
  [oids.stdDhSha512Kdf, { derivation: "x9.63", hash: "SHA-512" }],
  [oids.cofactorDhSha1Kdf, { derivation: "x9.63", hash: "SHA-1" }],
  [oids.cofactorDhSha224Kdf, { derivation: "x9.63", hash: "SHA-224" }],
  [oids.cofactorDhSha256Kdf, { derivation: "x9.63", hash: "SHA-256" }],
  [oids.cofactorDhSha384Kdf, { derivation: "x9.63", hash: "SHA-384" }],
  [oids.cofactorDhSha512Kdf, { derivation: "x9.63", hash: "SHA-512" }],
  [oids.stdDhHkdfSha256, { derivation: "hkdf", hash: "SHA-256" }],
  [oids.stdDhHkdfSha384, { derivation: "hkdf", hash: "SHA-384" }],
  [oids.stdDhHkdfSha512, { derivation: "hkdf", hash: "SHA-512" }],
]);

/** What goes into a KeyAgreeRecipientInfo for one recipient. */
export interface AgreedKey {
  /** OriginatorPublicKey's AlgorithmIdentifier, encoded. */
  readonly originatorAlgorithm: Uint8Array;
  readonly originatorKey: Uint8Array;
  /** KeyEncryptionAlgorithmIdentifier, encoded. */
  readonly keyEncryptionAlgorithm: Uint8Array;
  readonly encryptedKey: Uint8Array;
}

export async function encryptKeyAgreed(
  recipient: Certificate,
  contentKey: Uint8Array,
): Promise<AgreedKey> {
  const parameters = diffieHellman(recipient);
  const ephemeral = (await crypto.subtle.generateKey(parameters, false, [
    "deriveBits",
  ])) as CryptoKeyPair;
  const [spkiAlgorithm, point] = partsOf(readTlv(recipient.publicKey.spki), tags.sequence);
  const secret = await sharedSecret(recipient, ephemeral.privateKey, bitStringIn(point));
  const wrap = derSequence(derOid(oids.aes256Wrap));
  const hkdf = recipient.publicKey.kind === "x25519";
  const scheme: Scheme = { derivation: hkdf ? "hkdf" : "x9.63", hash: "SHA-256" };
  const wrapping = await derivedKey(scheme, secret, sharedInfo(wrap, 256, null), 256);
  return {
    originatorAlgorithm: toDer(algorithmIn(spkiAlgorithm).tlv),
    originatorKey: new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey)),
    keyEncryptionAlgorithm: derSequence(
      derOid(hkdf ? oids.stdDhHkdfSha256 : oids.stdDhSha256Kdf),
      wrap,
    ),
    encryptedKey: await wrapKey(wrapping, contentKey),
  };
}

/**
 * Whether `decryptKeyAgreed` knows the scheme, the key wrap and the form of the sender's key, which
 * for the NIST curves may be compressed but hardly ever is.
 * @throws SmimeError cms-malformed
 */
export function agreementSupported({ algorithm, originator }: KeyAgreementInfo): boolean {
  if (originator === null || !schemes.has(algorithm.oid)) return false;
  const compressed = originator.publicKey[0] === 2 || originator.publicKey[0] === 3;
  if (compressed && originator.algorithm.oid === publicKeys.ecPublicKey) return false;
  return wrapKeyBits(algorithmIn(algorithm.parameters ?? undefined).oid) !== null;
}

/** Whether the key wrap is one that is only read. @throws SmimeError cms-malformed */
export function isWeakAgreement({ algorithm }: KeyAgreementInfo): boolean {
  return algorithmIn(algorithm.parameters ?? undefined).oid === oids.tripleDesWrap;
}

/** null for whatever is wrong with the key, without saying what. */
export async function decryptKeyAgreed(
  pkcs8: Uint8Array,
  own: Certificate,
  info: KeyAgreementInfo,
): Promise<Uint8Array | null> {
  const scheme = schemes.get(info.algorithm.oid);
  const wrap = algorithmIn(info.algorithm.parameters ?? undefined);
  const bits = wrapKeyBits(wrap.oid);
  if (scheme === undefined || bits === null || info.originator === null) return null;
  try {
    const privateKey = await importPrivateKey(pkcs8, own, diffieHellman(own), "deriveBits");
    const secret = await sharedSecret(own, privateKey, info.originator.publicKey);
    const shared = sharedInfo(toDer(wrap.tlv), bits, info.userKeyingMaterial);
    const wrapping = await derivedKey(scheme, secret, shared, bits);
    return await unwrapKey(wrap.oid, wrapping, info.encryptedKey);
  } catch {
    return null;
  }
}

/** "ecdh-p256", "x25519" …, from what the message says. */
export function agreementName({ originator }: KeyAgreementInfo): string {
  if (originator === null) return "static-dh";
  if (originator.algorithm.oid === publicKeys.x25519) return "x25519";
  const curve = new Map([
    [65, "p256"],
    [97, "p384"],
    [133, "p521"],
  ]).get(originator.publicKey.length);
  return curve === undefined ? "ecdh" : `ecdh-${curve}`;
}

function diffieHellman({ publicKey }: Certificate): EcKeyImportParams | { name: string } {
  return publicKey.kind === "x25519"
    ? { name: "X25519" }
    : { name: "ECDH", namedCurve: publicKey.curve ?? "" };
}

async function sharedSecret(
  certificate: Certificate,
  privateKey: CryptoKey,
  peer: Uint8Array,
): Promise<Uint8Array> {
  const parameters = diffieHellman(certificate);
  const publicKey = await crypto.subtle.importKey("raw", bufferSource(peer), parameters, true, []);
  // P-521 has 521 bits, which WebCrypto gives as 66 octets; null means all there are.
  const bits = await crypto.subtle.deriveBits(
    { name: parameters.name, public: publicKey },
    privateKey,
    null,
  );
  const secret = new Uint8Array(bits);
  // A peer's key of small order; WebCrypto need not refuse it (RFC 7748, section 6.1). The NIST curves
  // have no such keys, but two points with this secret.
  if (certificate.publicKey.kind === "x25519" && secret.every((octet) => octet === 0)) {
    throw new RangeError("shared secret of zeros");
  }
  return secret;
}

/** ECC-CMS-SharedInfo, RFC 5753, section 7.2. */
function sharedInfo(wrap: Uint8Array, bits: number, keyingMaterial: Uint8Array | null): Uint8Array {
  return derSequence(
    wrap,
    ...(keyingMaterial === null ? [] : [derExplicit(0, derOctetString(keyingMaterial))]),
    derExplicit(2, derOctetString(Uint8Array.of(0, 0, bits >> 8, bits & 0xff))),
  );
}

async function derivedKey(
  { derivation, hash }: Scheme,
  secret: Uint8Array,
  info: Uint8Array,
  bits: number,
): Promise<Uint8Array> {
  return derivation === "hkdf"
    ? hkdf(hash, secret, info, bits)
    : (await x963(hash, secret, info, bits)).subarray(0, bits / 8);
}

async function hkdf(
  hash: ReadDigestName,
  secret: Uint8Array,
  info: Uint8Array,
  bits: number,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", bufferSource(secret), "HKDF", false, [
    "deriveBits",
  ]);
  const salt = new Uint8Array(0);
  const algorithm = { name: "HKDF", hash, salt, info: bufferSource(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, bits));
}

/** ANSI-X9.63-KDF, RFC 5753 by reference to SEC 1, section 3.6.1. */
async function x963(
  hash: ReadDigestName,
  secret: Uint8Array,
  info: Uint8Array,
  bits: number,
): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for (let counter = 1, made = 0; made < bits; counter++) {
    const input = concatOctets(secret, Uint8Array.of(0, 0, 0, counter), info);
    const block = await digestOf(hash, input);
    blocks.push(block);
    made += block.length * 8;
  }
  return concatOctets(...blocks);
}
