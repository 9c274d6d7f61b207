import { sameName } from "../asn1/distinguished-name.ts";
import { nameConstraintsOf } from "../asn1/name-constraints.ts";
import type { NameConstraints } from "../asn1/name-constraints.ts";
import type { Certificate } from "./certificate.ts";
import { namesPermitted } from "./name-constraints.ts";
import type { PathReason } from "./path.ts";
import { hasMailPurpose, keyPermits, validityAt } from "./uses.ts";
import type { MailUse } from "./uses.ts";

const MIN_RSA_BITS = 2048;

export interface PathFailure {
  readonly reason: PathReason;
  readonly at: Certificate;
}

/** A certificate of a path whose signature has been seen to be its issuer's. */
export interface PathMember {
  readonly certificate: Certificate;
  /** The digest of that signature is one that can be forged. The anchor's own does not matter. */
  readonly weakDigest: boolean;
}

/**
 * What RFC 5280, section 6.1 asks of a path beside names and signatures, from the anchor down to
 * the leaf: the first rule that is broken, or null. The anchor's certificate is held to the same
 * rules as the authorities below it (RFC 5937), its own signature apart.
 * @param path leaf first, anchor last
 */
export function firstFailure(
  path: readonly PathMember[],
  { at, use }: { readonly at: Date; readonly use: MailUse },
): PathFailure | null {
  const state: PathState = { constraints: [], pathLength: Infinity };
  for (let index = path.length - 1; index >= 0; index--) {
    const member = path[index];
    if (member === undefined) continue;
    const isAnchor = index === path.length - 1;
    const reason =
      memberFailure(member, state, { at, isLeaf: index === 0 }) ??
      (index === 0
        ? leafFailure(member.certificate, use)
        : authorityFailure(member.certificate, state, isAnchor));
    if (reason !== null) return { reason, at: member.certificate };
  }
  return null;
}

/** What the authorities above have laid down. */
interface PathState {
  constraints: NameConstraints[];
  /** How many more authorities may come that are not self-issued. */
  pathLength: number;
}

/** Section 6.1.3, which every certificate has to pass. */
function memberFailure(
  { certificate, weakDigest }: PathMember,
  { constraints }: PathState,
  { at, isLeaf }: { at: Date; isLeaf: boolean },
): PathReason | null {
  if (weakDigest) return "weak-digest";
  const { kind, bits } = certificate.publicKey;
  if (kind === "unsupported") return "algorithm-unsupported";
  if (kind === "rsa" && (bits ?? 0) < MIN_RSA_BITS) return "weak-key";
  const validity = validityAt(certificate, at);
  if (validity !== "valid") return validity;
  if ((isLeaf || !isSelfIssued(certificate)) && !namesPermitted(certificate, constraints))
    return "name-constraints";
  return certificate.unknownCriticalExtensions.length > 0 ? "unknown-critical-extension" : null;
}

/** Section 6.1.4, and the purposes that an authority may be confined to. */
function authorityFailure(
  certificate: Certificate,
  state: PathState,
  isAnchor: boolean,
): PathReason | null {
  const { basicConstraints, keyUsage } = certificate;
  if (basicConstraints?.authority !== true) return "issuer-not-authority";
  if (!isAnchor && !isSelfIssued(certificate)) {
    if (state.pathLength <= 0) return "path-too-long";
    state.pathLength--;
  }
  state.pathLength = Math.min(state.pathLength, basicConstraints.pathLength ?? Infinity);
  if (keyUsage !== null && !keyUsage.has("keyCertSign")) return "key-usage";
  if (!hasMailPurpose(certificate)) return "extended-key-usage";
  const constraints = nameConstraintsOf(certificate);
  if (constraints !== null) state.constraints.push(constraints);
  return null;
}

function leafFailure(certificate: Certificate, use: MailUse): PathReason | null {
  if (!keyPermits(certificate, use)) return "key-usage";
  return hasMailPurpose(certificate) ? null : "extended-key-usage";
}

function isSelfIssued({ subject, issuer }: Certificate): boolean {
  return sameName(subject, issuer);
}
