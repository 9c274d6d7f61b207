import type { OpenedMessage } from "../smime/verdict.ts";

/**
 * Whether the text of a message may be quoted in an answer. Somebody may have put a ciphertext of
 * others into a message of theirs, so that an answer brings them its text: only what the outermost
 * envelope holds is quoted, in no second one, and nothing that its own signature gives to another
 * author or calls altered (RFC 9787, section 6).
 */
export function isQuotable({ layers, encryption, signature, content }: OpenedMessage): boolean {
  const encrypted = layers.filter(({ kind }) => kind === "encrypted");
  return (
    content !== null &&
    encryption.verdict === "decrypted" &&
    encrypted.length === 1 &&
    layers[0]?.kind === "encrypted" &&
    signature.verdict !== "mismatch" &&
    signature.verdict !== "invalid"
  );
}
