import { toDer } from "../asn1/der.ts";
import { rsaPublicPart } from "../asn1/pfx.ts";
import type { PrivateKeyInfo } from "../asn1/pfx.ts";
import { namedCurves } from "../asn1/public-key.ts";
import { publicKeys } from "../asn1/oids.ts";
import { children, partsOf, readTlv, tags } from "../asn1/tlv.ts";
import { bitStringIn } from "../asn1/values.ts";
import { bufferSource, concatOctets, equalOctets, randomOctets } from "../octets.ts";
import { importPrivateKey } from "../smime/private-keys.ts";
import type { Certificate, PublicKey } from "../trust/certificate.ts";

/** null for a key of an algorithm or on a curve that nothing here can use. */
export function keyKind({
  algorithm,
  curve,
}: PrivateKeyInfo): Exclude<PublicKey["kind"], "unsupported"> | null {
  switch (algorithm) {
    case publicKeys.rsaEncryption:
      return "rsa";
    case publicKeys.rsassaPss:
      return "rsa-pss";
    case publicKeys.ecPublicKey:
      return curve !== null && namedCurves.has(curve) ? "ec" : null;
    case publicKeys.ed25519:
      return "ed25519";
    case publicKeys.x25519:
      return "x25519";
    default:
      return null;
  }
}

/**
 * Whether the certificate has the public half of the private key. RSA keys are compared; the
 * others, which need not carry their public half, are tried out against it.
 */
export async function isKeyOf(key: PrivateKeyInfo, certificate: Certificate): Promise<boolean> {
  const kind = keyKind(key);
  if (kind === null || kind !== certificate.publicKey.kind) return false;
  try {
    switch (kind) {
      case "rsa":
      case "rsa-pss":
        return sameRsaKey(key, certificate.publicKey);
      case "ec":
        return (
          namedCurves.get(key.curve ?? "")?.curve === certificate.publicKey.curve &&
          (await signsFor(key, certificate, {
            importing: { name: "ECDSA", namedCurve: certificate.publicKey.curve },
            using: { name: "ECDSA", hash: "SHA-256" },
          }))
        );
      case "ed25519":
        return await signsFor(key, certificate, {
          importing: { name: "Ed25519" },
          using: { name: "Ed25519" },
        });
      case "x25519":
        return await agreesFor(key, certificate);
    }
  } catch {
    // Keys that are broken in themselves belong to no certificate.
    return false;
  }
}

function sameRsaKey({ key }: PrivateKeyInfo, { spki }: PublicKey): boolean {
  const [, encoded] = partsOf(readTlv(spki), tags.sequence);
  const theirs = children(readTlv(bitStringIn(encoded))).map(toDer);
  return equalOctets(concatOctets(...rsaPublicPart(key)), concatOctets(...theirs));
}

async function signsFor(
  key: PrivateKeyInfo,
  certificate: Certificate,
  {
    importing,
    using,
  }: { importing: EcKeyImportParams | { name: string }; using: EcdsaParams | { name: string } },
): Promise<boolean> {
  const challenge = randomOctets(32);
  const own = await importPrivateKey(key.der, certificate, importing, "sign");
  const spki = bufferSource(certificate.publicKey.spki);
  const theirs = await crypto.subtle.importKey("spki", spki, importing, false, ["verify"]);
  const signature = await crypto.subtle.sign(using, own, challenge);
  return crypto.subtle.verify(using, theirs, signature, challenge);
}

/** A key agreed between the private key and a new one is the one agreed the other way round. */
async function agreesFor(key: PrivateKeyInfo, certificate: Certificate): Promise<boolean> {
  const algorithm = { name: "X25519" };
  const other = (await crypto.subtle.generateKey(algorithm, false, [
    "deriveBits",
  ])) as CryptoKeyPair;
  const own = await importPrivateKey(key.der, certificate, algorithm, "deriveBits");
  const spki = bufferSource(certificate.publicKey.spki);
  const theirs = await crypto.subtle.importKey("spki", spki, algorithm, false, []);
  const agree = async (publicKey: CryptoKey, privateKey: CryptoKey): Promise<Uint8Array> =>
    new Uint8Array(
      await crypto.subtle.deriveBits({ name: "X25519", public: publicKey }, privateKey, 256),
    );
  return equalOctets(await agree(other.publicKey, own), await agree(theirs, other.privateKey));
}
