import { derNull, derOid, derSequence } from "../asn1/der.ts";
import { publicKeys } from "../asn1/oids.ts";
import type { MailKeyUsage } from "../asn1/write-certificate.ts";
import { bufferSource } from "../octets.ts";
import { ecdsaSignatureValue } from "../smime/verify-signature.ts";

/** What the user may choose. `ed25519` signs only. */
export const newKeyKinds = ["rsa-3072", "p-256", "ed25519"] as const;

export type NewKeyKind = (typeof newKeyKinds)[number];

/** A key pair that signs for itself. */
export interface NewKey {
  /** PKCS#8, DER. */
  readonly privateKey: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** AlgorithmIdentifier of what `sign` makes, encoded. */
  readonly signatureAlgorithm: Uint8Array;
  readonly usages: readonly MailKeyUsage[];
  sign(content: Uint8Array): Promise<Uint8Array>;
}

interface Kind {
  readonly generating: RsaHashedKeyGenParams | EcKeyGenParams | { name: string };
  readonly using: EcdsaParams | { name: string };
  readonly signatureAlgorithm: Uint8Array;
  readonly usages: readonly MailKeyUsage[];
  readonly encoded: (signature: Uint8Array) => Uint8Array;
}

const kinds: Record<NewKeyKind, Kind> = {
  "rsa-3072": {
    generating: {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 3072,
      publicExponent: Uint8Array.of(1, 0, 1),
      hash: "SHA-256",
    },
    using: { name: "RSASSA-PKCS1-v1_5" },
    signatureAlgorithm: derSequence(derOid(publicKeys.sha256WithRsa), derNull()),
    usages: ["digitalSignature", "keyEncipherment"],
    encoded: (signature) => signature,
  },
  "p-256": {
    generating: { name: "ECDSA", namedCurve: "P-256" },
    using: { name: "ECDSA", hash: "SHA-256" },
    signatureAlgorithm: derSequence(derOid(publicKeys.ecdsaWithSha256)),
    usages: ["digitalSignature", "keyAgreement"],
    encoded: ecdsaSignatureValue,
  },
  ed25519: {
    generating: { name: "Ed25519" },
    using: { name: "Ed25519" },
    signatureAlgorithm: derSequence(derOid(publicKeys.ed25519)),
    usages: ["digitalSignature"],
    encoded: (signature) => signature,
  },
};

/** Takes up to some seconds for RSA, not on this thread. */
export async function generateKey(kind: NewKeyKind): Promise<NewKey> {
  const { generating, using, signatureAlgorithm, usages, encoded } = kinds[kind];
  const pair = (await crypto.subtle.generateKey(generating, true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const exported = async (format: "pkcs8" | "spki", key: CryptoKey) =>
    new Uint8Array(await crypto.subtle.exportKey(format, key));
  return {
    privateKey: await exported("pkcs8", pair.privateKey),
    publicKey: await exported("spki", pair.publicKey),
    signatureAlgorithm,
    usages,
    sign: async (content) =>
      encoded(
        new Uint8Array(await crypto.subtle.sign(using, pair.privateKey, bufferSource(content))),
      ),
  };
}
