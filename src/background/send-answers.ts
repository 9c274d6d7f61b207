import type { ErrorCode } from "../core/errors.ts";
import { shownAddress } from "../core/trust/shown-address.ts";
import type { Plan } from "../core/exchange/plan.ts";
import { text } from "../thunderbird/i18n.ts";

/** What Thunderbird gets back from the add-on, and shows to the user. */

/** What is in the way, then each recipient who cannot be encrypted to, with the reason. */
export function whyBlocked({ why, missing }: Plan & { kind: "blocked" }): string {
  const code = {
    missing: "send-recipients-missing",
    "no-recipients": "send-recipients-missing",
    bcc: "send-bcc-with-encryption",
    "no-certificate": "send-no-certificate",
    "own-expired": "send-own-certificate-expired",
    "built-in": "send-built-in-only-signs",
    "not-opened": "draft-not-opened",
  } as const;
  const recipients = missing.map(({ address, notReady }) =>
    text(
      "recipient_not_ready",
      shownAddress(address),
      text(`not_ready_${underscored(notReady ?? "")}`),
    ),
  );
  const advice = why === "missing" ? [text("not_sent_what_next")] : [];
  return [errorText(code[why]), ...recipients, ...advice].join("\n");
}

export function errorText(code: ErrorCode): string {
  return text(`error_${underscored(code)}`);
}

function underscored(code: string): string {
  return code.replaceAll("-", "_");
}

/** The bridge takes a whole buffer. */
export function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength === buffer.byteLength && buffer instanceof ArrayBuffer
    ? buffer
    : (buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
}
