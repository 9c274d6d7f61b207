import { text } from "../../thunderbird/i18n.ts";

/** The ways to a certificate for someone who has none. */
export function Request() {
  return (
    <div class="stack">
      <p>{text("request_explanation")}</p>
    </div>
  );
}
