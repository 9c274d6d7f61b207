import type { ErrorCode } from "../core/errors.ts";
import { text } from "../thunderbird/i18n.ts";

export function errorSentence(code: ErrorCode): string {
  return text(`error_${code.replaceAll("-", "_")}`);
}
