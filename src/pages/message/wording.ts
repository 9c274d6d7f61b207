import type {
  HeaderDifference,
  MessageDetails,
  MessagePanel,
  MessageStatus,
  PathCertificateView,
} from "../../core/protocol.ts";
import type { IconName } from "../components/icon.tsx";
import type { Wording } from "../components/wording.ts";

/** The verdict on a message, in words. Pure. */

type Signature = MessageStatus["signature"];
type Encryption = MessageStatus["encryption"];
type Reason = NonNullable<Signature["reason"]>;
type PathReason = NonNullable<Signature["pathReason"]>;
type EncryptionReason = NonNullable<Encryption["reason"]>;

export interface Summary {
  readonly icon: IconName;
  readonly sentence: Wording;
}

/** One line about the whole message. A failed signature looks no worse than none (RFC 9787, 6.4). */
export function summaryOf({ protection, encryption, from }: MessageStatus): Summary {
  switch (encryption.verdict) {
    case "locked":
      return { icon: "encrypted", sentence: ["summary_locked"] };
    case "no-key":
    case "failed":
    case "unsupported":
      return { icon: "blocked", sentence: ["summary_cannot_decrypt"] };
    case "none":
    case "decrypted":
      break;
  }
  switch (protection) {
    case "signed-and-encrypted":
      return { icon: "encrypted", sentence: ["summary_signed_and_encrypted", from] };
    case "encrypted":
      return { icon: "encrypted", sentence: ["summary_encrypted"] };
    case "signed":
      return { icon: "signed", sentence: ["summary_signed", from] };
    case "none":
      return { icon: "unprotected", sentence: ["summary_none"] };
  }
}

const signatureReasons: Record<Exclude<Reason, "certificate-path">, string> = {
  "content-altered": "reason_content_altered",
  "signature-wrong": "reason_signature_wrong",
  "signed-attributes-wrong": "reason_signed_attributes_wrong",
  malformed: "reason_malformed",
  "no-signer": "reason_no_signer",
  "signer-certificate-missing": "reason_signer_certificate_missing",
  "several-signers": "reason_several_signers",
  "weak-digest": "reason_weak_digest",
  "weak-key": "reason_weak_key",
  "algorithm-unsupported": "reason_algorithm_unsupported",
  "algorithms-disagree": "reason_algorithms_disagree",
  "content-unsupported": "reason_content_unsupported",
  "address-mismatch": "reason_address_mismatch",
  "from-contradicted": "reason_from_contradicted",
  "not-whole-message": "reason_not_whole_message",
  "outside-encryption": "reason_outside_encryption",
  "signing-time-in-future": "reason_signing_time_in_future",
};

const pathReasons: Record<PathReason, string> = {
  "issuer-unknown": "path_issuer_unknown",
  expired: "path_expired",
  "not-yet-valid": "path_not_yet_valid",
  "signature-wrong": "path_signature_wrong",
  "weak-digest": "path_weak_digest",
  "weak-key": "path_weak_key",
  "issuer-not-authority": "path_issuer_not_authority",
  "path-too-long": "path_path_too_long",
  "key-usage": "path_key_usage",
  "extended-key-usage": "path_extended_key_usage",
  "name-constraints": "path_name_constraints",
  policy: "path_policy",
  "unknown-critical-extension": "path_unknown_critical_extension",
  revoked: "path_revoked",
  "revocation-unknown": "path_revocation_unknown",
  "algorithm-unsupported": "path_algorithm_unsupported",
  "search-limit": "path_search_limit",
};

/** Why the signature does not count; null for a valid one and for none. */
export function signatureReason({ signature, from, innerFrom }: MessageStatus): Wording | null {
  const { verdict, reason, pathReason, signer } = signature;
  if (verdict === "valid" || verdict === "none") return null;
  if (reason === "address-mismatch") {
    return [signatureReasons[reason], signer?.addresses.join(", ") ?? "", from];
  }
  if (reason === "from-contradicted" && innerFrom !== null) {
    return ["banner_from_contradicted", innerFrom];
  }
  if (pathReason === "issuer-unknown" && signer?.selfSigned === true) {
    return ["path_self_signed"];
  }
  if (reason === "certificate-path" || reason === null) {
    return [pathReason === null ? "reason_malformed" : pathReasons[pathReason]];
  }
  return [signatureReasons[reason]];
}

const encryptionReasons: Record<EncryptionReason, string> = {
  "no-matching-key": "encryption_no_matching_key",
  "decryption-failed": "encryption_decryption_failed",
  malformed: "encryption_malformed",
  "algorithm-unsupported": "encryption_algorithm_unsupported",
  "too-deep": "encryption_too_deep",
};

/** Why the content is hidden, or what decrypted content lacks; null where all is well. */
export function encryptionReason({ encryption, signature }: MessageStatus): Wording | null {
  switch (encryption.verdict) {
    case "none":
      return null;
    case "locked":
      return ["encryption_locked"];
    case "decrypted":
      return encryption.authenticated || signature.verdict === "valid"
        ? null
        : ["encryption_not_authenticated"];
    case "no-key":
    case "failed":
    case "unsupported":
      return [encryptionReasons[encryption.reason ?? "decryption-failed"]];
  }
}

/** What the protection leaves out: mail of programs without header protection (RFC 9788, 9.1). */
export function headerCaveat({ protection, subject }: MessageStatus): Wording | null {
  switch (protection) {
    case "signed-and-encrypted":
    case "encrypted":
      return subject === null || subject === "confidential" ? null : ["subject_not_encrypted"];
    case "signed":
      return subject === "none" ? ["subject_not_signed"] : null;
    case "none":
      return null;
  }
}

const headerNames: Readonly<Record<string, string>> = {
  subject: "header_subject",
  from: "header_from",
  to: "header_to",
  cc: "header_cc",
  date: "header_date",
  "reply-to": "header_reply_to",
  keywords: "header_keywords",
};

/** A header field as the user's language calls it; others keep their own name. */
export function headerName({ name }: Pick<HeaderDifference, "name">): Wording {
  return [headerNames[name.toLowerCase()] ?? name];
}

/** What became of a protected field where everybody can read and change it. */
export function outsideWording({ confidential, outer }: HeaderDifference): Wording {
  if (confidential) {
    return outer === null ? ["header_outside_none"] : ["header_outside_hidden", outer];
  }
  return outer === null ? ["header_outside_missing"] : ["header_outside_changed", outer];
}

/** Whether the certificate was valid when the signer says to have signed; null where there is nothing to say. */
export function timeNote({ signerAtSigning }: MessageDetails): Wording | null {
  switch (signerAtSigning) {
    case "expired":
      return ["signed_after_end"];
    case "not-yet-valid":
      return ["signed_before_begin"];
    case "valid":
    case null:
      return null;
  }
}

/** Clocks are wrong by minutes, and messages wait for that long; beyond, somebody should know. */
const APART_MS = 60 * 60 * 1000;

/** The two times where a message was signed at another one than it says it was written; else null. */
export function timesApart(
  { signedAt }: Pick<Signature, "signedAt">,
  { writtenAt }: Pick<MessageDetails, "writtenAt">,
): { readonly signedAt: string; readonly writtenAt: string } | null {
  if (signedAt === null || writtenAt === null) return null;
  const apart = Math.abs(Date.parse(signedAt) - Date.parse(writtenAt));
  return apart < APART_MS ? null : { signedAt, writtenAt };
}

interface PathNote {
  readonly wording: Wording;
  readonly good: boolean;
}

/** What is to be said of one certificate of a path beside its facts. */
export function pathNotes(
  { failed, revocation, notBefore, notAfter }: PathCertificateView,
  trustedBy: MessageDetails["trustedBy"],
  now: Date,
): PathNote[] {
  const notes: PathNote[] = [];
  const note = (key: string, good: boolean) => notes.push({ wording: [key], good });
  if (new Date(notAfter) < now) note("path_note_expired", false);
  if (new Date(notBefore) > now) note("path_note_not_yet_valid", false);
  if (revocation === "revoked") note("path_note_revoked", false);
  if (revocation === "good") note("path_note_not_revoked", true);
  if (failed) note("path_note_failed", false);
  switch (trustedBy) {
    case "built-in":
      note("path_note_built_in", true);
      break;
    case "user":
      note("path_note_user", true);
      break;
    case "certificate":
      note("path_note_certificate", true);
      break;
    case null:
  }
  return notes;
}

/** Where Thunderbird, which looks into its own certificate store, may say something else. */
export function thunderbirdWording({ status, details }: MessagePanel): Wording[] {
  const wordings: Wording[] = [["thunderbird_own_store"]];
  switch (details?.trustedBy ?? null) {
    case "user":
    case "certificate":
      wordings.push(["thunderbird_trusted_here"]);
      break;
    case "built-in":
      wordings.push(["thunderbird_built_in"]);
      break;
    case null:
      if (status.signature.verdict !== "none") wordings.push(["thunderbird_knows_more"]);
  }
  if (status.encryption.verdict !== "none") wordings.push(["thunderbird_no_key"]);
  return wordings;
}
