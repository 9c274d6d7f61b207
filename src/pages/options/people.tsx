import { text } from "../../thunderbird/i18n.ts";

/** Other people's certificates. */
export function People() {
  return (
    <div class="stack">
      <p>{text("people_explanation")}</p>
    </div>
  );
}
