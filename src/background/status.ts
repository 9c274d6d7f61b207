import type { MessageStatus } from "../core/protocol.ts";
import type { Plan } from "../core/exchange/plan.ts";
import type { ButtonFace } from "../thunderbird/buttons.ts";
import { text } from "../thunderbird/i18n.ts";

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

export function draftFace({ kind }: Pick<Plan, "kind">): ButtonFace {
  switch (kind) {
    case "unprotected":
      return face("fate_unprotected", "unprotected");
    case "signed":
      return face("fate_signed", "signed");
    case "encrypted":
      return face("fate_encrypted", "encrypted");
    case "left":
      return face("fate_left", "unprotected");
    case "blocked":
      return face("fate_blocked", "blocked");
  }
}

function face(key: string, icon: string): ButtonFace {
  return { label: text(key), icon };
}
