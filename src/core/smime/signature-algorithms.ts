import { derSequence, derUnsignedInteger } from "../asn1/der.ts";
import { digests, publicKeys } from "../asn1/oids.ts";
import {
  children,
  contentOf,
  contextTag,
  explicitPart,
  partsOf,
  readTlv,
  tags,
} from "../asn1/tlv.ts";
import { algorithmIn, smallIntegerIn, type AlgorithmIdentifier } from "../asn1/values.ts";
import { bufferSource, concatOctets } from "../octets.ts";
import type { PublicKey } from "../trust/certificate.ts";
import { digestName, type DigestName } from "./digest-algorithms.ts";

/** A signature scheme ready for WebCrypto, and its name for people. */
export interface SignatureScheme {
  readonly name: string;
  readonly importing: { name: string } & Record<string, unknown>;
  readonly using: { name: string } & Record<string, unknown>;
  readonly digest: DigestName;
}

const rsaDigests: ReadonlyMap<string, DigestName> = new Map([
  [publicKeys.sha1WithRsa, "SHA-1"],
  [publicKeys.sha256WithRsa, "SHA-256"],
  [publicKeys.sha384WithRsa, "SHA-384"],
  [publicKeys.sha512WithRsa, "SHA-512"],
]);

const ecdsaDigests: ReadonlyMap<string, DigestName> = new Map([
  [publicKeys.ecdsaWithSha1, "SHA-1"],
  [publicKeys.ecdsaWithSha256, "SHA-256"],
  [publicKeys.ecdsaWithSha384, "SHA-384"],
  [publicKeys.ecdsaWithSha512, "SHA-512"],
]);

/** MD5 has no place in WebCrypto; it is known only to be refused by name. */
export function isMd5(digest: AlgorithmIdentifier, signature: AlgorithmIdentifier): boolean {
  return digest.oid === digests.md5 || signature.oid === publicKeys.md5WithRsa;
}

/**
 * The scheme that a signer info names, for this kind of key. The older identifiers that name only
 * the key (rsaEncryption, ecPublicKey) take the signer info's digest. null if there is none, or if
 * signature and content would use different digests (RFC 8933, section 3).
 * @throws SmimeError cms-malformed
 */
export function signatureScheme(
  signature: AlgorithmIdentifier,
  digestOid: string,
  key: PublicKey,
): SignatureScheme | null {
  const digest = digestName(digestOid);
  if (digest === null) return null;
  switch (key.kind) {
    case "rsa":
      if (signature.oid === publicKeys.rsassaPss) return pssScheme(signature, digest);
      return (rsaDigests.get(signature.oid) ??
        (signature.oid === publicKeys.rsaEncryption ? digest : null)) === digest
        ? rsaScheme(digest)
        : null;
    case "ec":
      return (ecdsaDigests.get(signature.oid) ??
        (signature.oid === publicKeys.ecPublicKey ? digest : null)) === digest
        ? ecdsaScheme(digest, key)
        : null;
    case "ed25519":
      return signature.oid === publicKeys.ed25519 ? ed25519Scheme(digest) : null;
    default:
      return null;
  }
}

export function rsaScheme(digest: DigestName): SignatureScheme {
  const name = "RSASSA-PKCS1-v1_5";
  return {
    name: `RSA PKCS#1 v1.5 with ${digest}`,
    importing: { name, hash: digest },
    using: { name },
    digest,
  };
}

export function ecdsaScheme(digest: DigestName, { curve }: PublicKey): SignatureScheme {
  return {
    name: `ECDSA ${String(curve)} with ${digest}`,
    importing: { name: "ECDSA", namedCurve: curve },
    using: { name: "ECDSA", hash: digest },
    digest,
  };
}

export function ed25519Scheme(digest: DigestName): SignatureScheme {
  return { name: "Ed25519", importing: { name: "Ed25519" }, using: { name: "Ed25519" }, digest };
}

/** RFC 4055, section 3.1. WebCrypto takes one digest for the content and the mask. */
function pssScheme(algorithm: AlgorithmIdentifier, digest: DigestName): SignatureScheme | null {
  let hash: DigestName | null = "SHA-1";
  let maskHash: DigestName | null = "SHA-1";
  let saltLength = 20;
  const fields = algorithm.parameters?.tag === tags.sequence ? children(algorithm.parameters) : [];
  for (const field of fields) {
    const value = explicitPart(field);
    if (field.tag === contextTag(0, true)) hash = digestName(algorithmIn(value).oid);
    else if (field.tag === contextTag(1, true)) {
      const mask = algorithmIn(value);
      if (mask.oid !== publicKeys.mgf1) return null;
      maskHash = digestName(algorithmIn(mask.parameters ?? undefined).oid);
    } else if (field.tag === contextTag(2, true)) saltLength = smallIntegerIn(value);
    else if (field.tag !== contextTag(3, true) || smallIntegerIn(value) !== 1) return null;
  }
  if (hash !== digest || maskHash !== digest) return null;
  return {
    name: `RSA-PSS with ${digest}`,
    importing: { name: "RSA-PSS", hash: digest },
    using: { name: "RSA-PSS", saltLength },
    digest,
  };
}

/** Whether the signature is the key's over these bytes. False for keys WebCrypto does not take. */
export async function verifySignature(
  scheme: SignatureScheme,
  key: PublicKey,
  signature: Uint8Array,
  content: Uint8Array,
): Promise<boolean> {
  try {
    const raw = key.kind === "ec" ? fixedLengthSignature(signature, key) : signature;
    const publicKey = await crypto.subtle.importKey(
      "spki",
      bufferSource(key.spki),
      scheme.importing,
      false,
      ["verify"],
    );
    return await crypto.subtle.verify(
      scheme.using,
      publicKey,
      bufferSource(raw),
      bufferSource(content),
    );
  } catch {
    return false;
  }
}

/** ECDSA-Sig-Value (RFC 5480) as r and s of the curve's length, which WebCrypto wants. */
function fixedLengthSignature(signature: Uint8Array, { bits }: PublicKey): Uint8Array {
  const length = Math.ceil((bits ?? 0) / 8);
  const numbers = partsOf(readTlv(signature), tags.sequence).map((number) => {
    const octets = contentOf(number);
    let start = 0;
    while (start < octets.length - 1 && octets[start] === 0) start++;
    const magnitude = octets.subarray(start);
    if (magnitude.length > length) throw new RangeError("number longer than the curve's");
    return concatOctets(new Uint8Array(length - magnitude.length), magnitude);
  });
  return concatOctets(...numbers);
}

/** WebCrypto's r and s as an ECDSA-Sig-Value. */
export function ecdsaSignatureValue(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return derSequence(
    derUnsignedInteger(raw.subarray(0, half)),
    derUnsignedInteger(raw.subarray(half)),
  );
}
