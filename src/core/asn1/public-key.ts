import type { PublicKey } from "../trust/certificate.ts";
import { publicKeys } from "./oids.ts";
import { wholeTlv } from "./strict-der.ts";
import { contentOf, expectTag, malformed, partsOf, tags } from "./tlv.ts";
import { algorithmIn, bitStringIn, oidIn } from "./values.ts";

/** By object identifier. */
export const namedCurves: ReadonlyMap<
  string,
  { curve: "P-256" | "P-384" | "P-521"; bits: number }
> = new Map([
  ["1.2.840.10045.3.1.7", { curve: "P-256", bits: 256 }],
  ["1.3.132.0.34", { curve: "P-384", bits: 384 }],
  ["1.3.132.0.35", { curve: "P-521", bits: 521 }],
]);

/**
 * A SubjectPublicKeyInfo, DER. Algorithms and curves beyond the known ones, and RSA keys that are
 * none, are `unsupported`.
 * @throws SmimeError cms-malformed for anything that is not a SubjectPublicKeyInfo
 */
export function publicKey(spki: Uint8Array): PublicKey {
  const [algorithm, key] = partsOf(wholeTlv(spki), tags.sequence);
  const { oid, parameters } = algorithmIn(algorithm);
  const bits = bitStringIn(key);
  switch (oid) {
    case publicKeys.rsaEncryption:
    case publicKeys.rsassaPss: {
      const size = rsaBits(bits);
      const kind = oid === publicKeys.rsassaPss ? "rsa-pss" : "rsa";
      return size === null
        ? { kind: "unsupported", bits: null, curve: null, spki }
        : { kind, bits: size, curve: null, spki };
    }
    case publicKeys.ecPublicKey: {
      // Parameters that spell the curve out are a SEQUENCE, which WebCrypto does not take.
      const named = parameters?.tag === tags.oid ? namedCurves.get(oidIn(parameters)) : undefined;
      return named === undefined
        ? { kind: "unsupported", bits: null, curve: null, spki }
        : { kind: "ec", ...named, spki };
    }
    case publicKeys.ed25519:
      return { kind: "ed25519", bits: 256, curve: null, spki };
    case publicKeys.x25519:
      return { kind: "x25519", bits: 256, curve: null, spki };
    default:
      return { kind: "unsupported", bits: null, curve: null, spki };
  }
}

/** Beyond, verifying takes seconds. */
const MAX_RSA_BITS = 16_384;

/** Of the modulus; null for what is no RSA key: an even modulus, an exponent that is even or 1. */
function rsaBits(rsaPublicKey: Uint8Array): number | null {
  const [modulus, exponent] = partsOf(wholeTlv(rsaPublicKey), tags.sequence).map((number) =>
    magnitude(contentOf(expectTag(number, tags.integer))),
  );
  if (modulus === undefined || exponent === undefined) throw malformed("RSA public key");
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  const odd = [modulus, exponent].every((number) => ((number.at(-1) ?? 0) & 1) === 1);
  const one = exponent.length === 1 && exponent[0] === 1;
  return odd && !one && bits <= MAX_RSA_BITS ? bits : null;
}

function magnitude(octets: Uint8Array): Uint8Array {
  const start = octets.findIndex((octet) => octet !== 0);
  if (start === -1) throw malformed("zero in an RSA public key");
  return octets.subarray(start);
}
