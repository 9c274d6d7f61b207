import type { Certificate } from "./certificate.ts";
import { certificateSignature } from "./certificate-signature.ts";
import type { CertificateSignature } from "./certificate-signature.ts";
import { authoritiesAbove, IssuerIndex, MAX_PATH_LENGTH, sameNameAndKey } from "./issuers.ts";
import type { IssuerCandidate } from "./issuers.ts";
import type { PathFailure, PathVerdict, RejectedPath, TrustAnchor } from "./path.ts";
import { pathRevocation } from "./check-revocation.ts";
import { checkAlone, checkRules } from "./path-rules.ts";
import type { PathMember, PathRules } from "./path-rules.ts";
import type { CertificateRevocation, RevocationInput } from "./revocation.ts";

// Real hierarchies have a handful of certificates; these bounds are for hostile ones.
const MAX_STEPS = 200;
const MAX_SIGNATURES = 1000;
const MAX_REPORTED = 20;

/** A list that revokes the issuer of a list that revokes the issuer of a list: two are enough. */
const MAX_CRL_DEPTH = 2;

/** Complete paths count for more than any incomplete one, however long. */
const COMPLETE = 1000;

export interface PathInput extends PathRules {
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly TrustAnchor[];
  /** Left out, nobody asks about revocation. */
  readonly revocation?: RevocationInput;
}

/**
 * A valid path (RFC 5280, section 6; RFC 8550) from the certificate to one of the anchors, or the
 * first reason against the most promising one. An anchor is a name and key: it does not matter by
 * whom its own certificate was signed.
 */
export function findPath(leaf: Certificate, input: PathInput): Promise<PathVerdict> {
  return search(leaf, input, 0);
}

/** @param depth how many CRL issuers' paths this one is looked for because of */
async function search(leaf: Certificate, input: PathInput, depth: number): Promise<PathVerdict> {
  const search = new PathSearch(leaf, input, depth);
  const found = await search.extend([{ certificate: leaf, weakDigest: false }]);
  return found ?? search.trustedAlone() ?? search.failure();
}

interface Failure extends PathFailure {
  readonly revocation?: readonly CertificateRevocation[];
}

/** One search, depth first. The bounds hold for all of it. */
class PathSearch {
  /** The best so far of what went wrong. */
  private worst: Failure & { readonly rank: number };
  private readonly rejected: RejectedPath[] = [];
  private steps = 0;
  private verified = 0;
  private readonly signatures = new Map<Certificate, Map<string, CertificateSignature>>();
  private readonly leaf: Certificate;
  private readonly input: PathInput;
  private readonly depth: number;
  private readonly issuers: IssuerIndex;

  constructor(leaf: Certificate, input: PathInput, depth: number) {
    this.leaf = leaf;
    this.input = input;
    this.depth = depth;
    this.issuers = new IssuerIndex(input);
    this.worst = { reason: "issuer-unknown", at: leaf, rank: -1 };
  }

  failure(): PathVerdict {
    const { reason, at, revocation = [] } = this.worst;
    return { ok: false, reason, at, revocation, candidates: this.rejected };
  }

  /** The user may trust a certificate by itself, but not against what its issuer says of it. */
  trustedAlone(): PathVerdict | null {
    const anchor = this.input.anchors.find(
      ({ kind, certificate }) =>
        kind === "certificate" && certificate.fingerprint === this.leaf.fingerprint,
    );
    if (anchor === undefined || this.worst.reason === "revoked") return null;
    const outcome = checkAlone(this.leaf, this.input);
    const revocation = [{ certificate: this.leaf, status: { kind: "not-asked" } }] as const;
    if (outcome.ok) return this.success([this.leaf], anchor, outcome.policies, revocation);
    this.reject([this.leaf], outcome, COMPLETE + 1);
    return null;
  }

  /** @param path leaf first; the signatures on all but the last have been verified */
  async extend(path: readonly PathMember[]): Promise<PathVerdict | null> {
    const last = path.at(-1)?.certificate ?? this.leaf;
    const unknown = { reason: "issuer-unknown", at: last } as const;
    this.fail(unknown, 2 * path.length);
    const candidates = this.issuers
      .candidates(last, this.input.at)
      .filter(({ anchor, certificate }) => anchor !== null || !inPath(path, certificate));
    if (candidates.length === 0) this.report(certificatesOf(path), unknown);
    for (const candidate of candidates) {
      if (this.exhausted(path)) break;
      const found = await this.extendBy(candidate, path, last);
      if (found !== null) return found;
    }
    return null;
  }

  private async extendBy(
    { certificate: issuer, anchor, keyIdentifier }: IssuerCandidate,
    path: readonly PathMember[],
    last: Certificate,
  ): Promise<PathVerdict | null> {
    const signature = await this.signature(last, issuer);
    if (signature === "wrong" || signature === "unsupported") {
      const reason = signature === "wrong" ? "signature-wrong" : "algorithm-unsupported";
      this.report([...certificatesOf(path), issuer], { reason, at: last });
      // Another key of the same name is no sign of forgery where the certificate names its key.
      if (keyIdentifier !== "differs") this.fail({ reason, at: last }, 2 * path.length + 1);
      return null;
    }
    this.steps++;
    const extended = [
      ...path.slice(0, -1),
      { certificate: last, weakDigest: signature === "weak-digest" },
      { certificate: issuer, weakDigest: false },
    ];
    return anchor === null ? this.extend(extended) : this.conclude(extended, anchor);
  }

  private async conclude(
    members: readonly PathMember[],
    anchor: TrustAnchor,
  ): Promise<PathVerdict | null> {
    const path = certificatesOf(members);
    const outcome = checkRules(members, this.input);
    if (!outcome.ok) {
      this.reject(path, outcome, COMPLETE);
      return null;
    }
    const revocation = await this.revocation(path, anchor);
    const failure = revocationFailure(revocation, this.input.revocation?.mode ?? "given");
    if (failure === null) return this.success(path, anchor, outcome.policies, revocation);
    // It is worse to be revoked on one path than to break a rule on another.
    this.reject(path, { ...failure, revocation }, COMPLETE + 1);
    return null;
  }

  private async revocation(
    path: readonly Certificate[],
    anchor: TrustAnchor,
  ): Promise<readonly CertificateRevocation[]> {
    const { revocation: input, at, intermediates } = this.input;
    if (input === undefined || this.depth > MAX_CRL_DEPTH)
      return path
        .slice(0, -1)
        .map((certificate) => ({ certificate, status: { kind: "not-asked" } }));
    const { crls } = input;
    const issuerInput: PathInput = {
      at,
      intermediates,
      anchors: [anchor],
      use: "sign-crl",
      revocation: { crls, ocspResponses: [], mode: "given" },
    };
    return pathRevocation(path, {
      at,
      input,
      certificates: [...path, ...intermediates],
      mayIssueCrls: async (issuer) => (await search(issuer, issuerInput, this.depth + 1)).ok,
    });
  }

  private success(
    path: readonly Certificate[],
    anchor: TrustAnchor,
    policies: readonly string[],
    revocation: readonly CertificateRevocation[],
  ): PathVerdict {
    return { ok: true, path, anchor, policies, revocation, candidates: this.rejected };
  }

  private exhausted(path: readonly PathMember[]): boolean {
    const exhausted =
      path.length >= MAX_PATH_LENGTH || this.steps >= MAX_STEPS || this.verified >= MAX_SIGNATURES;
    if (exhausted) this.fail({ reason: "search-limit", at: this.leaf }, COMPLETE - 1);
    return exhausted;
  }

  private reject(path: readonly Certificate[], failure: Failure, rank: number): void {
    this.report(path, failure);
    this.fail(failure, rank);
  }

  private report(path: readonly Certificate[], { reason, at }: PathFailure): void {
    if (this.rejected.length < MAX_REPORTED) this.rejected.push({ path, reason, at });
  }

  private fail(failure: Failure, rank: number): void {
    if (rank > this.worst.rank) this.worst = { ...failure, rank };
  }

  /** Each key is tried once on a certificate, however many certificates have that key. */
  private async signature(
    certificate: Certificate,
    { publicKey }: Certificate,
  ): Promise<CertificateSignature> {
    const byKey = this.signatures.get(certificate) ?? new Map<string, CertificateSignature>();
    this.signatures.set(certificate, byKey);
    const key = String.fromCharCode(...publicKey.spki);
    const known = byKey.get(key);
    if (known !== undefined) return known;
    this.verified++;
    const found = await certificateSignature(certificate, publicKey);
    byKey.set(key, found);
    return found;
  }
}

function revocationFailure(
  revocation: readonly CertificateRevocation[],
  mode: RevocationInput["mode"],
): PathFailure | null {
  const revoked = revocation.find(({ status }) => status.kind === "revoked");
  if (revoked !== undefined) return { reason: "revoked", at: revoked.certificate };
  const unknown = revocation.find(({ status }) => status.kind === "unknown");
  return mode === "strict" && unknown !== undefined
    ? { reason: "revocation-unknown", at: unknown.certificate }
    : null;
}

function certificatesOf(path: readonly PathMember[]): Certificate[] {
  return path.map(({ certificate }) => certificate);
}

function inPath(path: readonly PathMember[], certificate: Certificate): boolean {
  return path.some((member) => sameNameAndKey(member.certificate, certificate));
}

/**
 * The topmost authority known above a certificate, which would complete its path if the user
 * trusted it; null if none is known.
 */
export function authorityToTrust(
  leaf: Certificate,
  intermediates: readonly Certificate[],
): Certificate | null {
  return authoritiesAbove(leaf, intermediates).at(-1) ?? null;
}
