import type { Certificate } from "./certificate.ts";
import { certificateSignature } from "./certificate-signature.ts";
import type { CertificateSignature } from "./certificate-signature.ts";
import { authoritiesAbove, issuerCandidates, MAX_PATH_LENGTH, sameNameAndKey } from "./issuers.ts";
import type { IssuerCandidate } from "./issuers.ts";
import type { PathReason, PathVerdict, TrustAnchor } from "./path.ts";
import { firstFailure } from "./path-rules.ts";
import type { PathMember } from "./path-rules.ts";
import type { MailUse } from "./uses.ts";

// Real hierarchies have a handful of certificates; these bounds are for hostile ones.
const MAX_STEPS = 200;
const MAX_SIGNATURES = 1000;

/** Complete paths count for more than any incomplete one, however long. */
const COMPLETE = 1000;

export interface PathInput {
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly TrustAnchor[];
  readonly at: Date;
  readonly use: MailUse;
}

/**
 * A valid path (RFC 5280, section 6; RFC 8550) from the certificate to one of the anchors, or the
 * first reason against the most promising one. An anchor is a name and key: it does not matter by
 * whom its own certificate was signed. Policies and revocation are not looked at.
 */
export async function findPath(leaf: Certificate, input: PathInput): Promise<PathVerdict> {
  const search = new PathSearch(leaf, input);
  const found = await search.extend([{ certificate: leaf, weakDigest: false }]);
  return found ?? search.failure;
}

/** One search, depth first. The bounds hold for all of it. */
class PathSearch {
  /** The best so far of what went wrong. */
  failure: PathVerdict & { ok: false };
  private rank = -1;
  private steps = 0;
  private readonly signatures = new Map<string, CertificateSignature>();
  private readonly leaf: Certificate;
  private readonly input: PathInput;

  constructor(leaf: Certificate, input: PathInput) {
    this.leaf = leaf;
    this.input = input;
    this.failure = { ok: false, reason: "issuer-unknown", at: leaf };
  }

  /** @param path leaf first; the signatures on all but the last have been verified */
  async extend(path: readonly PathMember[]): Promise<PathVerdict | null> {
    const last = path.at(-1)?.certificate ?? this.leaf;
    this.fail("issuer-unknown", last, 2 * path.length);
    for (const candidate of issuerCandidates(last, this.input)) {
      if (candidate.anchor === null && inPath(path, candidate.certificate)) continue;
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
      // Another key of the same name is no sign of forgery where the certificate names its key.
      if (keyIdentifier !== "differs") this.fail(reason, last, 2 * path.length + 1);
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

  private conclude(path: readonly PathMember[], anchor: TrustAnchor): PathVerdict | null {
    const failure = firstFailure(path, this.input);
    if (failure === null)
      return { ok: true, path: path.map(({ certificate }) => certificate), anchor };
    this.fail(failure.reason, failure.at, COMPLETE);
    return null;
  }

  private exhausted(path: readonly PathMember[]): boolean {
    const exhausted =
      path.length >= MAX_PATH_LENGTH ||
      this.steps >= MAX_STEPS ||
      this.signatures.size >= MAX_SIGNATURES;
    if (exhausted) this.fail("search-limit", this.leaf, COMPLETE - 1);
    return exhausted;
  }

  private fail(reason: PathReason, at: Certificate, rank: number): void {
    if (rank <= this.rank) return;
    this.rank = rank;
    this.failure = { ok: false, reason, at };
  }

  private async signature(
    certificate: Certificate,
    issuer: Certificate,
  ): Promise<CertificateSignature> {
    const key = `${certificate.fingerprint} ${issuer.fingerprint}`;
    const known =
      this.signatures.get(key) ?? (await certificateSignature(certificate, issuer.publicKey));
    this.signatures.set(key, known);
    return known;
  }
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
