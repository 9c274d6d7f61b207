import type { MessageStatus } from "../core/protocol.ts";
import type { Plan } from "../core/exchange/plan.ts";
import type { ButtonFace } from "../thunderbird/buttons.ts";
import { counted, text } from "../thunderbird/i18n.ts";

/** The message button: the one place that a message cannot draw. */
export function messageFace({ protection, signature, encryption }: MessageStatus): ButtonFace {
  if (encryption.verdict === "locked") return face("status_locked", "encrypted");
  if (encryption.verdict !== "none" && encryption.verdict !== "decrypted") {
    return face("status_cannot_decrypt", "blocked");
  }
  switch (protection) {
    case "signed-and-encrypted":
      return face("status_signed_encrypted", "encrypted");
    case "encrypted":
      return face("status_encrypted", "encrypted");
    case "signed":
      return face("status_signed", "signed");
    case "none":
      // A failed signature looks no worse than none; the reason is one click away (RFC 9787, 6.4).
      return signature.verdict === "none"
        ? face("status_none", "unprotected")
        : face("status_not_verified", "unprotected");
  }
}

/** For a message that could not even be looked at: nothing is claimed. */
export function unreadableFace(): ButtonFace {
  return face("status_not_checked", "unprotected");
}

/** The compose button. @param missing how many recipients cannot be encrypted to */
export function draftFace({ kind }: Pick<Plan, "kind">, missing: number): ButtonFace {
  const why = missing === 0 ? [] : [counted("fate_missing", missing)];
  switch (kind) {
    case "unprotected":
      return face("fate_unprotected", "unprotected", [text("plan_unprotected")]);
    case "signed":
      return face("fate_signed", "signed", [text("plan_signed"), ...why]);
    case "encrypted":
      return face("fate_encrypted", "encrypted", [text("plan_encrypted")]);
    case "left":
      return face("fate_left", "unprotected", [text("plan_left")]);
    case "blocked":
      return face("fate_blocked", "blocked", [text("plan_blocked"), ...why]);
  }
}

function face(key: string, icon: string, tooltip: readonly string[] = []): ButtonFace {
  const label = text(key);
  return { label, icon, tooltip: tooltip.length === 0 ? label : tooltip.join(" ") };
}
