import { children, expectOctets, tags } from "./tlv.ts";
import { smallIntegerIn, type AlgorithmIdentifier } from "./values.ts";

export interface Rc2Parameters {
  readonly effectiveBits: number;
  readonly iv: Uint8Array;
}

/** RFC 2268, section 6: version numbers below 256 stand for these effective key bits. */
const effectiveBitsOf: ReadonlyMap<number, number> = new Map([
  [160, 40],
  [120, 64],
  [58, 128],
]);

/**
 * RC2-CBC's parameters (RFC 2268, section 6; RFC 3370, section 5.2; RFC 8018, appendix B.2.3); null
 * for none and for a key size that nobody uses.
 * @throws SmimeError cms-malformed
 */
export function readRc2Parameters({ parameters }: AlgorithmIdentifier): Rc2Parameters | null {
  if (parameters === null) return null;
  const fields = parameters.tag === tags.sequence ? [...children(parameters)] : [parameters];
  const versioned = fields[0]?.tag === tags.integer;
  const version = versioned ? smallIntegerIn(fields.shift()) : null;
  const bits = version === null ? 32 : version < 256 ? effectiveBitsOf.get(version) : version;
  const iv = expectOctets(fields[0]);
  if (bits === undefined || bits > 1024 || bits % 8 !== 0) return null;
  return { effectiveBits: bits, iv };
}
