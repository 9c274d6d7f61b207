import type { SignedLayer, Unwrapped } from "./unwrap.ts";

/** Which of a message's signatures speaks for it. */
export interface MessageSignature {
  readonly signed: SignedLayer | null;
  /** There are signatures, but all of them are around the ciphertext. */
  readonly outsideEncryption: boolean;
}

/**
 * Only signatures inside the innermost encryption count: whoever signs a ciphertext need not know
 * what is in it, and a signature around somebody else's ciphertext would make its content the
 * signer's (RFC 8551, section 3.7). Of signatures around each other it is the innermost that is
 * valid, since each covers all that is inside: a list or a gateway may have signed around the
 * author, or the author around what somebody else signed. A broken one is not made good by another
 * around it. Where none is valid, the innermost is the author's.
 * @param steps outermost first
 */
export function messageSignature(steps: readonly Unwrapped[]): MessageSignature {
  const inside = steps.findLastIndex(({ layer }) => layer.kind === "encrypted") + 1;
  const signatures = steps.slice(inside).flatMap(({ signed }) => (signed === null ? [] : [signed]));
  const broken = signatures.findLastIndex(({ verified }) => verified.verdict.verdict === "invalid");
  const valid = signatures
    .slice(broken + 1)
    .findLast(({ verified }) => verified.verdict.verdict === "valid");
  return {
    signed: valid ?? signatures.at(-1) ?? null,
    outsideEncryption: signatures.length === 0 && steps.some(({ signed }) => signed !== null),
  };
}
