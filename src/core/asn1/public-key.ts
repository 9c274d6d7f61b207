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
 * A SubjectPublicKeyInfo, DER. Algorithms and curves beyond the known ones are `unsupported`.
 * @throws SmimeError cms-malformed for anything that is not a SubjectPublicKeyInfo
 */
export function publicKey(spki: Uint8Array): PublicKey {
  const [algorithm, key] = partsOf(wholeTlv(spki), tags.sequence);
  const { oid, parameters } = algorithmIn(algorithm);
  const bits = bitStringIn(key);
  switch (oid) {
    case publicKeys.rsaEncryption:
      return { kind: "rsa", bits: modulusBits(bits), curve: null, spki };
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

function modulusBits(rsaPublicKey: Uint8Array): number {
  const [modulus] = partsOf(wholeTlv(rsaPublicKey), tags.sequence);
  const octets = contentOf(expectTag(modulus, tags.integer));
  const start = octets.findIndex((octet) => octet !== 0);
  if (start === -1) throw malformed("modulus");
  return (octets.length - start) * 8 - Math.clz32(octets[start] ?? 0) + 24;
}
