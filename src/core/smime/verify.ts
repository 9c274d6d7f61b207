import type { SignedData, SignerInfo } from "../asn1/signed-data.ts";
import { contentTypes } from "../asn1/oids.ts";
import { SmimeError } from "../errors.ts";
import { canonicalLineEnds } from "../mime/line-ends.ts";
import type { Certificate } from "../trust/certificate.ts";
import { sameAddress } from "../trust/addresses.ts";
import { findPath } from "../trust/find-path.ts";
import type { TrustAnchor } from "../trust/path.ts";
import type { RevocationInput } from "../trust/revocation.ts";
import { validityAt } from "../trust/uses.ts";
import { identifies } from "./certificate-identifiers.ts";
import { digestOf, type ReadDigestName } from "./digest-algorithms.ts";
import { signatureScheme, verifiableDigest } from "./signature-algorithms.ts";
import {
  checkSignedAttributes,
  isMisplaced,
  looksLikeAttributes,
  signingTime,
} from "./signed-attributes.ts";
import { isNamedBySigner } from "./signing-certificate.ts";
import type { SignatureReason, SignatureVerdict } from "./verdict.ts";
import type { VerificationMemo } from "./verification-memo.ts";
import { verifySignature } from "./verify-signature.ts";

export interface VerifyContext {
  /** Certificates from the message first, then those known from elsewhere. */
  readonly candidates: readonly Certificate[];
  /** The message's own. */
  readonly carried?: readonly Certificate[];
  readonly memo?: VerificationMemo;
  readonly anchors: readonly TrustAnchor[];
  readonly now: Date;
  readonly revocation: RevocationInput;
  /** The message's From address; null if there is not exactly one. */
  readonly from: string | null;
}

export interface VerifiedSignature {
  readonly verdict: SignatureVerdict;
  /** Whose bytes verified with a digest that counts; null if none did. */
  readonly signer: SignerInfo | null;
}

/** Clocks differ, and time zones are set wrongly. */
const FUTURE_TOLERANCE_MS = 24 * 60 * 60 * 1000;

/** Certificates that one signer info may name: each costs a path. */
const MAX_CERTIFICATES = 8;

/** Below this RSA counts as broken (RFC 8550, section 4.3, historic keys). */
const MIN_RSA_BITS = 2048;

/** From what counts to what counts least. */
const RANKS: readonly SignatureVerdict["verdict"][] = [
  "valid",
  "mismatch",
  "untrusted",
  "weak",
  "unsupported",
  "invalid",
];

const rank = ({ verdict }: VerifiedSignature): number => RANKS.indexOf(verdict.verdict);

/**
 * Every signer over the content, which is the encapsulated one or, detached, exactly the bytes of
 * the signed part. Several signers count only if all of them are in order, else the worst of them
 * speaks for the message; a signer who signed in several ways for old and new readers counts by the
 * best (RFC 5652, section 5), unless one of them is broken.
 */
export async function verifySignedData(
  signedData: SignedData,
  content: Uint8Array,
  context: VerifyContext,
): Promise<VerifiedSignature> {
  const digests = new ContentDigests(content);
  const results: VerifiedSignature[] = [];
  for (const signer of signedData.signers) {
    results.push(await verifySigner(signer, signedData.contentType, digests, context));
  }
  const [first, ...others] = bestOfEachSigner(results).sort(
    (one, other) => rank(one) - rank(other),
  );
  const worst = others.at(-1);
  if (first === undefined) return conclude("invalid", "no-signer");
  if (worst === undefined || rank(worst) <= RANKS.indexOf("mismatch")) return first;
  if (rank(worst) === rank(first)) return first;
  return { verdict: { ...worst.verdict, reason: "several-signers" }, signer: null };
}

function bestOfEachSigner(results: readonly VerifiedSignature[]): VerifiedSignature[] {
  return results.filter((result, index) => {
    const { verdict, signer } = result.verdict;
    if (signer === null || verdict === "invalid") return true;
    return !results.some(
      (other, at) =>
        other.verdict.signer?.fingerprint === signer.fingerprint &&
        (rank(other) < rank(result) || (rank(other) === rank(result) && at < index)),
    );
  });
}

/** A verdict with what is known so far; the rest is empty. No signer to learn from. */
export function conclude(
  verdict: SignatureVerdict["verdict"],
  reason: SignatureReason | null,
  known: Partial<SignatureVerdict> = {},
): VerifiedSignature {
  return {
    verdict: {
      signer: null,
      algorithm: null,
      signedAt: null,
      checkedAt: null,
      signerAtSigning: null,
      coversWholeMessage: true,
      path: null,
      ...known,
      verdict,
      reason,
    },
    signer: null,
  };
}

async function verifySigner(
  signer: SignerInfo,
  contentType: string,
  content: ContentDigests,
  context: VerifyContext,
): Promise<VerifiedSignature> {
  try {
    return await verifyWellFormed(signer, contentType, content, context);
  } catch (error) {
    if (error instanceof SmimeError) return conclude("invalid", "malformed");
    throw error;
  }
}

async function verifyWellFormed(
  signer: SignerInfo,
  contentType: string,
  content: ContentDigests,
  context: VerifyContext,
): Promise<VerifiedSignature> {
  const certificates = context.candidates
    .filter((one) => identifies(signer.identifier, one))
    .slice(0, MAX_CERTIFICATES);
  const [certificate = null] = certificates;
  const known = { signedAt: signingTime(signer) };
  const digest = verifiableDigest(signer.digestAlgorithm.oid);
  if (digest === null) {
    return conclude("unsupported", "algorithm-unsupported", { ...known, signer: certificate });
  }
  const signed = await signedBytes(signer, contentType, content, digest);
  if (typeof signed === "string") return conclude("invalid", signed, known);
  if (contentType !== contentTypes.data) {
    // A receipt, say (RFC 2634): nothing that could be shown as a message.
    return conclude("unsupported", "content-unsupported", { ...known, signer: certificate });
  }
  // One key may have several certificates, such as an expired one and its successor; and anyone can
  // put a certificate with the same issuer and serial number beside the genuine one.
  const results: VerifiedSignature[] = [];
  for (const candidate of certificates) {
    results.push(await verifyWith(candidate, signer, signed, { ...context, ...known }));
    if (results.at(-1)?.verdict.verdict === "valid") break;
  }
  const [best] = results.sort((one, other) => rank(one) - rank(other));
  return best ?? conclude("invalid", "signer-certificate-missing", known);
}

/** What the signature is made over: the attributes if there are any, else one form of the content. */
async function signedBytes(
  signer: SignerInfo,
  contentType: string,
  content: ContentDigests,
  digest: ReadDigestName,
): Promise<readonly Uint8Array[] | SignatureReason> {
  if (isMisplaced(signer)) return "signed-attributes-wrong";
  if (signer.signedAttributes === null) {
    if (contentType !== contentTypes.data) return "signed-attributes-wrong";
    const forms = [...content.forms()];
    return forms.some(looksLikeAttributes) ? "signed-attributes-wrong" : forms;
  }
  let answer: "right" | "wrong" | "altered" = "altered";
  for (const form of content.forms()) {
    answer = checkSignedAttributes(signer, contentType, await content.digest(form, digest));
    if (answer !== "altered") break;
  }
  if (answer === "right") return [signer.signedAttributes.der];
  return answer === "wrong" ? "signed-attributes-wrong" : "content-altered";
}

async function verifyWith(
  certificate: Certificate,
  signer: SignerInfo,
  signed: readonly Uint8Array[],
  context: VerifyContext & { readonly signedAt: Date | null },
): Promise<VerifiedSignature> {
  const { signedAt } = context;
  const signerAtSigning = signedAt === null ? null : validityAt(certificate, signedAt);
  const known: Partial<SignatureVerdict> = { signedAt, signerAtSigning, signer: certificate };
  const scheme = signatureScheme(
    signer.signatureAlgorithm,
    signer.digestAlgorithm.oid,
    certificate.publicKey,
  );
  if (scheme === "unsupported") return conclude("unsupported", "algorithm-unsupported", known);
  if (scheme === "disagree") return conclude("invalid", "algorithms-disagree", known);
  const verified = { ...known, algorithm: scheme.name };
  if (!(await isNamedBySigner(certificate, signer)))
    return conclude("invalid", "signed-attributes-wrong", verified);
  let right = false;
  for (const bytes of signed) {
    right ||= await verifySignature(scheme, certificate.publicKey, signer.signature, bytes);
  }
  if (!right) return conclude("invalid", "signature-wrong", verified);
  if (scheme.digest === "SHA-1" || scheme.digest === "MD5") {
    return conclude("weak", "weak-digest", verified);
  }
  const { kind, bits } = certificate.publicKey;
  if (kind.startsWith("rsa") && (bits ?? 0) < MIN_RSA_BITS)
    return conclude("weak", "weak-key", verified);
  return { verdict: await judge(certificate, verified, context), signer };
}

/** The bytes are right; whether they count is left. */
async function judge(
  certificate: Certificate,
  verified: Partial<SignatureVerdict>,
  {
    candidates,
    carried = [],
    memo,
    anchors,
    now,
    revocation,
    from,
    signedAt,
  }: VerifyContext & { readonly signedAt: Date | null },
): Promise<SignatureVerdict> {
  const input = { intermediates: candidates, anchors, at: now, use: "sign", revocation } as const;
  const path = await (memo?.path(certificate, carried, input) ?? findPath(certificate, input));
  const known = { ...verified, path, checkedAt: now };
  if (signedAt !== null && signedAt.getTime() > now.getTime() + FUTURE_TOLERANCE_MS) {
    return conclude("invalid", "signing-time-in-future", known).verdict;
  }
  if (!path.ok) return conclude("untrusted", "certificate-path", known).verdict;
  if (from === null || !certificate.addresses.some((address) => sameAddress(address, from))) {
    return conclude("mismatch", "address-mismatch", known).verdict;
  }
  return conclude("valid", null, known).verdict;
}

/** The content as it came and, where that differs, with canonical line ends; each hashed once. */
class ContentDigests {
  readonly exact: Uint8Array;
  private canonical: Uint8Array | null = null;
  private readonly known = new Map<string, Promise<Uint8Array>>();

  constructor(exact: Uint8Array) {
    this.exact = exact;
  }

  /** One after the other: where the exact one is right, the other is not made. */
  *forms(): Generator<Uint8Array> {
    yield this.exact;
    this.canonical ??= canonicalLineEnds(this.exact);
    if (this.canonical !== this.exact) yield this.canonical;
  }

  digest(form: Uint8Array, name: ReadDigestName): Promise<Uint8Array> {
    const key = `${name} ${form === this.exact ? "exact" : "canonical"}`;
    const known = this.known.get(key) ?? digestOf(name, form);
    this.known.set(key, known);
    return known;
  }
}
