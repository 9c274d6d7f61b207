import { text } from "../../thunderbird/i18n.ts";

/** Certificates in the signed messages that are here already. */
export function Find() {
  return (
    <div class="stack">
      <p>{text("find_explanation")}</p>
    </div>
  );
}
