import type { Certificate } from "../trust/certificate.ts";

/** What the user chose for this draft; `automatic` follows the identity's setting. */
export type ProtectionChoice = "automatic" | "none" | "signed" | "encrypted";

/** Why a recipient cannot be encrypted to. */
export type NotReady =
  | "no-certificate"
  | "untrusted"
  | "expired"
  | "not-yet-valid"
  | "revoked"
  | "not-for-encryption"
  | "weak";

export interface DraftRecipient {
  /** Canonical form. */
  readonly address: string;
  readonly field: "to" | "cc" | "bcc";
  /** The certificate to encrypt to, or why there is none. */
  readonly certificate: Certificate | null;
  readonly notReady: NotReady | null;
}

export interface Draft {
  /** The From address's certificates; null where there is none that can be used. */
  readonly signing: Certificate | null;
  readonly encryption: Certificate | null;
  readonly defaultProtection: "encrypt-when-ready" | "sign" | "none";
  readonly choice: ProtectionChoice;
  readonly recipients: readonly DraftRecipient[];
  /** The message being answered or forwarded was encrypted. */
  readonly answersEncrypted: boolean;
}

/** What Send will do. Derived from the recipients as they are at that moment, never cached. */
export type Plan =
  | { readonly kind: "unprotected"; readonly why: "no-certificate" | "chosen" | "setting" }
  | {
      readonly kind: "signed";
      readonly why: "chosen" | "setting" | "missing" | "bcc" | "no-encryption-certificate";
      readonly missing: readonly DraftRecipient[];
    }
  | { readonly kind: "encrypted"; readonly why: "chosen" | "ready" | "answers-encrypted" }
  | {
      readonly kind: "blocked";
      readonly why: "missing" | "bcc" | "no-certificate" | "no-recipients";
      readonly missing: readonly DraftRecipient[];
    };
