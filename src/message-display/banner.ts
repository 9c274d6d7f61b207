import type { ErrorCode } from "../core/errors.ts";
import type { DisplayView, MessageStatus } from "../core/protocol.ts";
import { actionButton } from "./action-button.ts";
import { errorSentence } from "./error-sentence.ts";
import { text } from "../thunderbird/i18n.ts";

/**
 * The line above a message. It repeats what the message button says, which a message cannot draw:
 * an imitation inside the content is contradicted by the button.
 */
export interface BannerActions {
  readonly unlock: () => void;
}

export function banner(status: MessageStatus, actions: BannerActions): HTMLElement {
  const element = section(tone(status), sentences(status));
  const subject = status.headers.find(({ name }) => name.toLowerCase() === "subject");
  if (subject !== undefined) element.append(subjectLine(subject.value));
  if (status.encryption.verdict === "locked") element.append(unlockButton(actions));
  return element;
}

/** In place of decrypted text, before the background is asked what is known of the message now. */
export function lockedBanner(actions: BannerActions): HTMLElement {
  const element = section("neutral", [text("banner_locked")]);
  element.append(unlockButton(actions));
  return element;
}

/** The message could not be looked at: words, where else there would be an empty place. */
export function failureBanner(code: ErrorCode, { retry }: { retry: () => void }): HTMLElement {
  const element = section("neutral", [text("banner_failed"), errorSentence(code)]);
  element.setAttribute("role", "alert");
  element.append(actionButton(text("banner_try_again"), retry));
  return element;
}

function section(tone: "good" | "neutral", lines: readonly string[]): HTMLElement {
  const element = document.createElement("section");
  element.className = `banner ${tone}`;
  element.setAttribute("aria-label", "S/MIME");
  for (const sentence of lines) {
    const line = document.createElement("p");
    line.textContent = sentence;
    element.append(line);
  }
  return element;
}

function unlockButton({ unlock }: BannerActions): HTMLElement {
  return actionButton(text("banner_unlock"), unlock);
}

/** Thunderbird's header pane shows the one outside. */
function subjectLine(subject: string): HTMLElement {
  const label = document.createElement("span");
  label.textContent = `${text("header_subject")}:`;
  const value = document.createElement("bdi");
  value.textContent = subject;
  const line = document.createElement("p");
  line.className = "subject";
  line.append(label, " ", value);
  return line;
}

/** What could not be verified looks like nothing at all, not like an alarm (RFC 9787, 6.4). */
function tone({ protection }: MessageStatus): "good" | "neutral" {
  return protection === "signed" || protection === "signed-and-encrypted" ? "good" : "neutral";
}

export function sentences(status: MessageStatus): string[] {
  const { protection, signature, encryption, from, exchange } = status;
  const lines: string[] = [];
  switch (encryption.verdict) {
    case "locked":
      return [text("banner_locked")];
    case "no-key":
      return [text("banner_no_key")];
    case "failed":
    case "unsupported":
      return [text("banner_decryption_failed")];
    case "none":
    case "decrypted":
      break;
  }
  switch (protection) {
    case "signed":
      lines.push(text("banner_signed_valid", from));
      break;
    case "signed-and-encrypted":
      lines.push(text("banner_signed_and_encrypted", from));
      break;
    case "encrypted":
      lines.push(
        text(encryption.authenticated ? "banner_encrypted" : "banner_encrypted_not_authenticated"),
      );
      break;
    case "none":
      break;
  }
  switch (signature.verdict) {
    case "none":
    case "valid":
      break;
    case "untrusted":
      lines.push(text("banner_signature_untrusted"), text("banner_details_hint"));
      break;
    case "mismatch":
      lines.push(text("banner_signature_mismatch"), text("banner_details_hint"));
      break;
    case "invalid":
      lines.push(text("banner_signature_invalid"), text("banner_details_hint"));
      break;
    case "weak":
      lines.push(text("banner_signature_weak"), text("banner_details_hint"));
      break;
    case "unsupported":
      lines.push(text("banner_signature_unsupported"), text("banner_details_hint"));
      break;
  }
  if (status.innerFrom !== null) {
    lines.push(text("banner_from_contradicted", status.innerFrom));
  }
  if (status.headers.some(({ confidential }) => !confidential)) {
    lines.push(text("banner_header_changed"));
  }
  if (signature.verdict === "valid" && exchange?.state === "received") {
    lines.push(text("banner_certificate_kept", from));
  }
  return lines;
}

/** A message without S/MIME needs no banner. */
export function needsBanner({ status }: DisplayView): boolean {
  return sentences(status).length > 0;
}
