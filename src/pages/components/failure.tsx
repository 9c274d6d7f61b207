import type { ErrorCode } from "../../core/errors.ts";
import { text } from "../../thunderbird/i18n.ts";
import { Icon } from "./icon.tsx";

/** What went wrong, in place and read out at once. */
export function Failure({ code }: { code: ErrorCode | null }) {
  if (code === null) return null;
  return (
    <p class="notice bad" role="alert" data-code={code}>
      <Icon name="warning" />
      <span>{text(`error_${code.replaceAll("-", "_")}`)}</span>
    </p>
  );
}
