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
  | "weak"
  /** The only usable key is one that the user has to compare with the one known before. */
  | "changed"
  /** Nobody in particular, who could have a key. */
  | "newsgroup";

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
  /** A certificate of the From address's whose end is why one of the two is missing. */
  readonly lapsed: Certificate | null;
  /** What Thunderbird's own OpenPGP or S/MIME is going to do with it. */
  readonly builtIn: "none" | "signed" | "encrypted";
  readonly defaultProtection: "encrypt-when-ready" | "sign" | "none";
  readonly choice: ProtectionChoice;
  readonly recipients: readonly DraftRecipient[];
  /** The message being answered or forwarded was encrypted. */
  readonly answersEncrypted: boolean;
  /** An encrypted draft whose text is not in the window: what would leave is not what was written. */
  readonly notOpened: boolean;
}

/** What Send will do. Derived from the recipients as they are at that moment, never cached. */
export type Plan =
  /** Thunderbird protects it by itself. Nothing is wrapped twice. */
  | { readonly kind: "left"; readonly why: "built-in" }
  | { readonly kind: "unprotected"; readonly why: "no-certificate" | "chosen" | "setting" }
  | {
      readonly kind: "signed";
      readonly why: "chosen" | "setting" | "missing" | "no-encryption-certificate" | "own-expired";
      readonly missing: readonly DraftRecipient[];
    }
  | { readonly kind: "encrypted"; readonly why: "chosen" | "ready" | "answers-encrypted" }
  | {
      readonly kind: "blocked";
      readonly why:
        | "missing"
        | "bcc"
        | "no-certificate"
        | "no-recipients"
        | "own-expired"
        | "built-in"
        | "not-opened";
      readonly missing: readonly DraftRecipient[];
    };

/**
 * Encryption that was asked for, or that the answered message asks for, is never replaced by less:
 * the answer is `blocked`. Encryption that only the setting would have brought gives way to a
 * signature, but not for the sake of Bcc recipients, who could be encrypted to: that the user
 * decides. Where a certificate of one's own would have protected the message and has expired, the
 * message waits for a word of the user's. `missing` lists those who cannot be encrypted to, where
 * that is the reason.
 *
 * Of several reasons the first of this order is told: a draft not opened, Thunderbird's own protection, no certificate
 * of one's own, no recipients, missing, bcc.
 */
export function planDraft(draft: Draft): Plan {
  const { choice, signing, encryption, recipients } = draft;
  if (draft.notOpened) return blocked("not-opened");
  const required = choice === "encrypted" || (choice === "automatic" && draft.answersEncrypted);
  if (draft.builtIn !== "none") {
    return required && draft.builtIn === "signed"
      ? blocked("built-in")
      : { kind: "left", why: "built-in" };
  }

  // Less than the answered message had is possible, but only as an explicit choice.
  if (choice === "none") return { kind: "unprotected", why: "chosen" };
  const noneOfMyOwn = draft.lapsed === null ? "no-certificate" : "own-expired";
  if (choice === "signed") return signing === null ? blocked(noneOfMyOwn) : signed("chosen");

  const missing = recipients.filter(({ certificate }) => certificate === null);
  const revealed = revealedBcc(draft).length > 0;

  if (required) {
    if (signing === null || encryption === null) return blocked(noneOfMyOwn);
    if (recipients.length === 0) return blocked("no-recipients");
    if (missing.length > 0) return blocked("missing", missing);
    if (revealed) return blocked("bcc");
    return { kind: "encrypted", why: choice === "encrypted" ? "chosen" : "answers-encrypted" };
  }

  if (signing === null && draft.lapsed === null) {
    return { kind: "unprotected", why: "no-certificate" };
  }
  if (draft.defaultProtection === "none") return { kind: "unprotected", why: "setting" };
  if (signing === null) return blocked("own-expired");
  if (draft.defaultProtection === "sign") return signed("setting");
  if (encryption === null) {
    return signed(draft.lapsed === null ? "no-encryption-certificate" : "own-expired");
  }
  if (recipients.length === 0) return signed("setting");
  if (missing.length > 0) return signed("missing", missing);
  if (revealed) return blocked("bcc");
  return { kind: "encrypted", why: "ready" };
}

/** How much the message is protected; less than this than was shown is never sent unasked. */
export function strengthOf({ kind }: Pick<Plan, "kind">): number {
  return { unprotected: 0, signed: 1, left: 2, encrypted: 2, blocked: 2 }[kind];
}

/**
 * The Bcc recipients whom the list of recipient infos would give away. One who is encrypted to
 * anyway, as the sender or in To or Cc, adds nothing to that list.
 */
export function revealedBcc({ encryption, recipients }: Draft): readonly DraftRecipient[] {
  const open = new Set([encryption?.fingerprint]);
  for (const { field, certificate } of recipients) {
    if (field !== "bcc") open.add(certificate?.fingerprint);
  }
  return recipients.filter(
    ({ field, certificate }) => field === "bcc" && !open.has(certificate?.fingerprint),
  );
}

type Signed = Extract<Plan, { kind: "signed" }>;
type Blocked = Extract<Plan, { kind: "blocked" }>;

function signed(why: Signed["why"], missing: Signed["missing"] = []): Signed {
  return { kind: "signed", why, missing };
}

function blocked(why: Blocked["why"], missing: Blocked["missing"] = []): Blocked {
  return { kind: "blocked", why, missing };
}
