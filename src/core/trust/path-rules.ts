import { sameName } from "../asn1/distinguished-name.ts";
import { certificateFields } from "../asn1/certificate-fields.ts";
import { nameConstraintsOf } from "../asn1/name-constraints.ts";
import type { NameConstraints } from "../asn1/name-constraints.ts";
import { policyExtensionsOf } from "../asn1/policies.ts";
import type { Certificate } from "./certificate.ts";
import { namesPermitted } from "./name-constraints.ts";
import type { PathFailure, PathReason } from "./path.ts";
import { PolicyState } from "./policy-graph.ts";
import type { PolicyInput } from "./policy-graph.ts";
import { hasMailPurpose, validityAt, whyUnfit } from "./uses.ts";
import type { LeafUse } from "./uses.ts";

const MIN_RSA_BITS = 2048;

/** A certificate of a path whose signature has been seen to be its issuer's. */
export interface PathMember {
  readonly certificate: Certificate;
  /** The digest of that signature is one that can be forged. The anchor's own does not matter. */
  readonly weakDigest: boolean;
}

export interface PathRules extends PolicyInput {
  readonly at: Date;
  readonly use: LeafUse;
}

export type PathOutcome =
  | { readonly ok: true; readonly policies: readonly string[] }
  | ({ readonly ok: false } & PathFailure);

/**
 * What RFC 5280, section 6.1 asks of a path beside names, signatures and revocation, from the anchor
 * down to the leaf, up to the first rule that is broken. The anchor's certificate is held to the
 * same rules as the authorities below it (RFC 5937), its own signature and its policies apart.
 * @param path leaf first, anchor last
 */
export function checkRules(path: readonly PathMember[], rules: PathRules): PathOutcome {
  const state: PathState = {
    constraints: [],
    pathLength: Infinity,
    policies: new PolicyState(rules),
  };
  for (let index = path.length - 1; index >= 0; index--) {
    const member = path[index];
    if (member === undefined) continue;
    const isAnchor = index > 0 && index === path.length - 1;
    const isLeaf = index === 0;
    const reason =
      memberFailure(member, state, { at: rules.at, isLeaf, isAnchor }) ??
      (isLeaf
        ? leafFailure(member.certificate, rules.use)
        : authorityFailure(member.certificate, state, isAnchor));
    if (reason !== null) return { ok: false, reason, at: member.certificate };
    if (!isLeaf) continue;
    const policies = state.policies.conclude(policyExtensionsOf(member.certificate));
    return policies === null
      ? { ok: false, reason: "policy", at: member.certificate }
      : { ok: true, policies };
  }
  throw new RangeError("a path without a certificate");
}

/**
 * What has to be right of a mail user's certificate that is trusted by itself: there is nobody
 * above it whose rules it could break.
 */
export function checkAlone(certificate: Certificate, rules: PathRules): PathOutcome {
  const reason = ownFailure(certificate, rules.at) ?? leafFailure(certificate, rules.use);
  if (reason !== null) return { ok: false, reason, at: certificate };
  const policies = new PolicyState(rules).conclude(policyExtensionsOf(certificate));
  return policies === null
    ? { ok: false, reason: "policy", at: certificate }
    : { ok: true, policies: [] };
}

/** What the authorities above have laid down. */
interface PathState {
  constraints: NameConstraints[];
  /** How many more authorities may come that are not self-issued. */
  pathLength: number;
  readonly policies: PolicyState;
}

/** Section 6.1.3, which every certificate has to pass. */
function memberFailure(
  { certificate, weakDigest }: PathMember,
  { constraints, policies }: PathState,
  { at, isLeaf, isAnchor }: { at: Date; isLeaf: boolean; isAnchor: boolean },
): PathReason | null {
  if (weakDigest) return "weak-digest";
  const own = ownFailure(certificate, at);
  if (own !== null) return own;
  const selfIssued = isSelfIssued(certificate);
  if ((isLeaf || !selfIssued) && !namesPermitted(certificate, constraints))
    return "name-constraints";
  if (isAnchor) return null;
  return policies.enter(policyExtensionsOf(certificate), { isLeaf, selfIssued }) ? null : "policy";
}

/** Whatever path it stands in. */
function ownFailure(certificate: Certificate, at: Date): PathReason | null {
  const { kind, bits } = certificate.publicKey;
  if (kind === "unsupported") return "algorithm-unsupported";
  if (kind.startsWith("rsa") && (bits ?? 0) < MIN_RSA_BITS) return "weak-key";
  const validity = validityAt(certificate, at);
  if (validity !== "valid") return validity;
  return certificate.unknownCriticalExtensions.length > 0 ? "unknown-critical-extension" : null;
}

/** Section 6.1.4, and the purposes that an authority may be confined to. */
function authorityFailure(
  certificate: Certificate,
  state: PathState,
  isAnchor: boolean,
): PathReason | null {
  const { basicConstraints, keyUsage, subject } = certificate;
  // Section 4.1.2.6: an authority has a name.
  if (subject.text === "") return "issuer-not-authority";
  if (basicConstraints === null ? !(isAnchor && isOfOld(certificate)) : !basicConstraints.authority)
    return "issuer-not-authority";
  const selfIssued = isSelfIssued(certificate);
  if (!isAnchor && !selfIssued) {
    if (state.pathLength <= 0) return "path-too-long";
    state.pathLength--;
  }
  state.pathLength = Math.min(state.pathLength, basicConstraints?.pathLength ?? Infinity);
  if (keyUsage !== null && !keyUsage.has("keyCertSign")) return "key-usage";
  if (!hasMailPurpose(certificate)) return "extended-key-usage";
  const constraints = nameConstraintsOf(certificate);
  if (constraints !== null) state.constraints.push(constraints);
  const extensions = policyExtensionsOf(certificate);
  if (isAnchor) state.policies.startFrom(extensions);
  else if (!state.policies.descend(extensions, selfIssued)) return "policy";
  return null;
}

/** Name constraints are for authorities only (section 4.2.1.10). */
function leafFailure(certificate: Certificate, use: LeafUse): PathReason | null {
  if (certificate.basicConstraints?.authority !== true && nameConstraintsOf(certificate) !== null)
    return "name-constraints";
  return whyUnfit(certificate, use);
}

/** Before version 3 nothing could say that it is an authority: who made it an anchor did (6.1.4, k). */
function isOfOld(certificate: Certificate): boolean {
  return certificateFields(certificate.der).version < 3;
}

function isSelfIssued({ subject, issuer }: Certificate): boolean {
  return sameName(subject, issuer);
}
