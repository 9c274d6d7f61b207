import { derExplicit, derNull, derOid, derSequence, derSmallInteger } from "../asn1/der.ts";
import { digests, publicKeys } from "../asn1/oids.ts";
import { SmimeError } from "../errors.ts";
import type { PublicKey } from "../trust/certificate.ts";
import {
  ecdsaScheme,
  ed25519Scheme,
  keyPssParameters,
  pssScheme,
  rsaScheme,
  type SignatureScheme,
} from "./signature-algorithms.ts";

/** A scheme with the identifiers it has in a SignerInfo. */
export interface SigningScheme {
  readonly scheme: SignatureScheme;
  readonly digestAlgorithm: Uint8Array;
  readonly signatureAlgorithm: Uint8Array;
  /** RFC 8551, section 3.5.3.2. */
  readonly micalg: string;
}

/**
 * How this code signs with a key of that kind.
 * @throws SmimeError send-certificate-unusable
 */
export function signingScheme(publicKey: PublicKey): SigningScheme {
  switch (publicKey.kind) {
    case "rsa":
      return {
        scheme: rsaScheme("SHA-256"),
        digestAlgorithm: derSequence(derOid(digests.sha256)),
        signatureAlgorithm: derSequence(derOid(publicKeys.rsaEncryption), derNull()),
        micalg: "sha-256",
      };
    case "rsa-pss":
      return pssSigningScheme(publicKey);
    case "ec":
      return ecdsaSigningScheme(publicKey);
    case "ed25519":
      // RFC 8419, section 3.1: the digest is SHA-512 and nothing else.
      return {
        scheme: ed25519Scheme("SHA-512"),
        digestAlgorithm: derSequence(derOid(digests.sha512)),
        signatureAlgorithm: derSequence(derOid(publicKeys.ed25519)),
        micalg: "sha-512",
      };
    default:
      throw new SmimeError("send-certificate-unusable", { detail: "its key cannot sign" });
  }
}

/** The digest of the curve's strength: GnuPG refuses a shorter one (FIPS 186-5, section 6.1.1). */
function ecdsaSigningScheme(publicKey: PublicKey): SigningScheme {
  const [digest, digestOid, signatureOid] =
    publicKey.curve === "P-521"
      ? (["SHA-512", digests.sha512, publicKeys.ecdsaWithSha512] as const)
      : publicKey.curve === "P-384"
        ? (["SHA-384", digests.sha384, publicKeys.ecdsaWithSha384] as const)
        : (["SHA-256", digests.sha256, publicKeys.ecdsaWithSha256] as const);
  return {
    scheme: ecdsaScheme(digest, publicKey),
    digestAlgorithm: derSequence(derOid(digestOid)),
    signatureAlgorithm: derSequence(derOid(signatureOid)),
    micalg: digest.toLowerCase(),
  };
}

/** Of the digest's strength, as is its salt. */
const pssDigests = new Map([
  ["SHA-256", { oid: digests.sha256, octets: 32 }],
  ["SHA-384", { oid: digests.sha384, octets: 48 }],
  ["SHA-512", { oid: digests.sha512, octets: 64 }],
]);

/** A key for RSASSA-PSS only, which may lay down the digests and a least salt (RFC 4055, 3.3). */
function pssSigningScheme(publicKey: PublicKey): SigningScheme {
  const given = keyPssParameters(publicKey);
  const hash = given?.hash ?? "SHA-256";
  const digest = pssDigests.get(hash);
  if (digest === undefined || (given !== null && given.maskHash !== hash)) {
    throw new SmimeError("send-certificate-unusable", { detail: "its key wants another digest" });
  }
  const saltLength = Math.max(given?.saltLength ?? 0, digest.octets);
  const hashAlgorithm = derSequence(derOid(digest.oid), derNull());
  const parameters = derSequence(
    derExplicit(0, hashAlgorithm),
    derExplicit(1, derSequence(derOid(publicKeys.mgf1), hashAlgorithm)),
    derExplicit(2, derSmallInteger(saltLength)),
  );
  return {
    scheme: pssScheme(hash, saltLength),
    digestAlgorithm: derSequence(derOid(digest.oid)),
    signatureAlgorithm: derSequence(derOid(publicKeys.rsassaPss), parameters),
    micalg: hash.toLowerCase(),
  };
}
