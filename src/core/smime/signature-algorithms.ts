import { digests, publicKeys } from "../asn1/oids.ts";
import { contextTag, explicitPart, malformed, partsOf, readTlv, tags } from "../asn1/tlv.ts";
import { algorithmIn, smallIntegerIn, type AlgorithmIdentifier } from "../asn1/values.ts";
import type { PublicKey } from "../trust/certificate.ts";
import { digestName, type DigestName, type ReadDigestName } from "./digest-algorithms.ts";
import type { PssParameters } from "./rsa-signatures.ts";

/** A signature scheme ready for WebCrypto, and its name for people. */
export interface SignatureScheme {
  readonly name: string;
  readonly importing: { name: string } & Record<string, unknown>;
  readonly using: { name: string } & Record<string, unknown>;
  readonly digest: DigestName;
}

/** A scheme that WebCrypto does not have; only verified. */
export type OtherScheme =
  | { readonly name: string; readonly digest: "MD5" }
  | { readonly name: string; readonly digest: DigestName; readonly pss: PssParameters };

export type VerifiableScheme = SignatureScheme | OtherScheme;

/**
 * `unsupported`: an algorithm or parameters that nothing here knows, or another kind of key's.
 * `disagree`: signature and content would use different digests, which makes the signature an
 * invalid one (RFC 8933, section 3; for Ed25519 RFC 8419, section 3.1).
 */
export type NoScheme = "unsupported" | "disagree";

const rsaDigests: ReadonlyMap<string, ReadDigestName> = new Map([
  [publicKeys.md5WithRsa, "MD5"],
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

/** The digest of the content, by its object identifier; null for one that cannot be verified. */
export function verifiableDigest(oid: string): Exclude<ReadDigestName, "SHA-224"> | null {
  return oid === digests.md5 ? "MD5" : digestName(oid);
}

/**
 * The scheme that a signer info names, for this kind of key. The older identifiers that name only
 * the key (rsaEncryption, ecPublicKey) take the digest of the content.
 * @throws SmimeError cms-malformed
 */
export function signatureScheme(
  signature: AlgorithmIdentifier,
  digestOid: string,
  key: PublicKey,
): VerifiableScheme | NoScheme {
  const digest = verifiableDigest(digestOid);
  if (digest === null) return "unsupported";
  switch (key.kind) {
    case "rsa": {
      if (signature.oid === publicKeys.rsassaPss) return pssSchemeOf(signature, digest);
      const named =
        signature.oid === publicKeys.rsaEncryption ? digest : rsaDigests.get(signature.oid);
      if (named === undefined || !isPlain(signature)) return "unsupported";
      return named === digest ? rsaSchemeOf(digest) : "disagree";
    }
    case "rsa-pss":
      return signature.oid === publicKeys.rsassaPss
        ? pssSchemeOf(signature, digest, key)
        : "unsupported";
    case "ec": {
      const named =
        signature.oid === publicKeys.ecPublicKey ? digest : ecdsaDigests.get(signature.oid);
      if (named === undefined || named === "MD5") return "unsupported";
      return named === digest ? ecdsaScheme(named, key) : "disagree";
    }
    case "ed25519":
      if (signature.oid !== publicKeys.ed25519 || signature.parameters !== null)
        return "unsupported";
      return digest === "SHA-512" ? ed25519Scheme(digest) : "disagree";
    default:
      return "unsupported";
  }
}

/** Without parameters, or with the NULL that stands for none. */
function isPlain({ parameters }: AlgorithmIdentifier): boolean {
  return parameters === null || parameters.tag === tags.null;
}

function rsaSchemeOf(digest: DigestName | "MD5"): VerifiableScheme {
  return digest === "MD5" ? { name: "RSA PKCS#1 v1.5 with MD5", digest } : rsaScheme(digest);
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

/** WebCrypto takes one digest for the content and the mask. */
export function pssScheme(digest: DigestName, saltLength: number): SignatureScheme {
  const name = "RSA-PSS";
  return {
    name: `${name} with ${digest}`,
    importing: { name, hash: digest },
    using: { name, saltLength },
    digest,
  };
}

function pssSchemeOf(
  algorithm: AlgorithmIdentifier,
  digest: DigestName | "MD5",
  key: PublicKey | null = null,
): VerifiableScheme | NoScheme {
  const pss = readPssParameters(algorithm);
  if (pss === null) return "unsupported";
  if (pss.hash !== digest || !(key === null || keyPermits(key, pss))) return "disagree";
  if (pss.maskHash === pss.hash) return pssScheme(pss.hash, pss.saltLength);
  return { name: `RSA-PSS with ${pss.hash}`, digest: pss.hash, pss };
}

/** A key may lay down digests and a least length of the salt (RFC 4055, section 3.3). */
function keyPermits(key: PublicKey, pss: PssParameters): boolean {
  const given = keyPssParameters(key);
  return (
    given === null ||
    (given.hash === pss.hash &&
      given.maskHash === pss.maskHash &&
      given.saltLength <= pss.saltLength)
  );
}

/**
 * What a key for RSASSA-PSS only lays down; null where it leaves everything open.
 * @throws SmimeError cms-malformed, also for what nothing here knows
 */
export function keyPssParameters({ spki }: PublicKey): PssParameters | null {
  const algorithm = algorithmIn(partsOf(readTlv(spki), tags.sequence)[0]);
  if (algorithm.parameters === null) return null;
  const given = readPssParameters(algorithm);
  if (given === null) throw malformed("parameters of an RSASSA-PSS key");
  return given;
}

/**
 * RSASSA-PSS-params (RFC 4055, section 3.1) with its defaults; null for digests, mask generation
 * or trailers that nothing here knows.
 * @throws SmimeError cms-malformed
 */
function readPssParameters({ parameters }: AlgorithmIdentifier): PssParameters | null {
  let hash: DigestName | null = "SHA-1";
  let maskHash: DigestName | null = "SHA-1";
  let saltLength = 20;
  for (const field of parameters === null ? [] : partsOf(parameters, tags.sequence)) {
    const value = explicitPart(field);
    if (field.tag === contextTag(0, true)) hash = digestName(algorithmIn(value).oid);
    else if (field.tag === contextTag(1, true)) {
      const mask = algorithmIn(value);
      if (mask.oid !== publicKeys.mgf1) return null;
      maskHash = digestName(algorithmIn(mask.parameters ?? undefined).oid);
    } else if (field.tag === contextTag(2, true)) saltLength = smallIntegerIn(value);
    else if (field.tag !== contextTag(3, true) || smallIntegerIn(value) !== 1) return null;
  }
  return hash === null || maskHash === null ? null : { hash, maskHash, saltLength };
}
