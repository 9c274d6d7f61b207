/**
 * Everything that can go wrong and that a person may have to read about. Each code has a sentence
 * `error_<code with underscores>` in every locale; a test holds the two together.
 *
 * Expected outcomes (an untrusted signer, a message for somebody else's key) are values, not errors.
 */
export const errorCodes = [
  // Key files (PKCS#12)
  "pkcs12-wrong-password",
  "pkcs12-malformed",
  "pkcs12-unsupported",
  "pkcs12-no-private-key",
  "pkcs12-no-certificate",
  "pkcs12-not-for-mail",
  // Certificates
  "certificate-malformed",
  "certificate-not-an-authority",
  "certificates-not-found",
  // Backups of everything
  "backup-malformed",
  "backup-unsupported",
  "backup-wrong-password",
  "backup-damaged",
  // The vault
  "vault-absent",
  "vault-exists",
  "vault-locked",
  "vault-wrong-passphrase",
  "vault-weak-passphrase",
  "vault-damaged",
  // Messages
  "mime-malformed",
  "cms-malformed",
  "cms-unsupported",
  "message-too-complex",
  "decryption-failed",
  // Between Send and the wire
  "send-recipients-missing",
  "send-bcc-with-encryption",
  "send-no-certificate",
  "send-own-certificate-expired",
  "send-built-in-only-signs",
  "send-quote-remains",
  "send-certificate-unusable",
  "send-unlock-dismissed",
  "send-plan-changed",
  "send-address-unusable",
  "send-attachment-unreadable",
  "send-reveals-subject",
  "send-outbox-refused",
  "send-failed",
  // Drafts and templates
  "draft-altered",
  "draft-not-opened",
  "draft-no-certificate",
  "draft-save-failed",
  // Everything else
  "storage-full",
  "storage-failed",
  "not-found",
  "bad-request",
  "internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** The one error class that crosses module borders. `cause` is for developers and never leaves the background. */
export class SmimeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, options: { cause?: unknown; detail?: string } = {}) {
    super(options.detail === undefined ? code : `${code}: ${options.detail}`, {
      cause: options.cause,
    });
    this.name = "SmimeError";
    this.code = code;
  }
}

/** The code to show for anything that was thrown; what is not ours is `internal`. */
export function errorCode(error: unknown): ErrorCode {
  return error instanceof SmimeError ? error.code : "internal";
}
