import encodeQR from "qr";
import { text } from "../../thunderbird/i18n.ts";
import { Fingerprint } from "./certificate.tsx";
import { fingerprintGroups } from "./fingerprint.ts";

/** A fingerprint to read out in groups, or to scan: a scanner shows the same groups. */
export function FingerprintToCompare({ value }: { value: string }) {
  return (
    <div class="stack">
      <Fingerprint value={value} />
      <details>
        <summary>{text("fingerprint_as_qr")}</summary>
        <QrCode content={fingerprintGroups(value).join(" ")} label={text("fingerprint_qr_label")} />
        <p class="hint">{text("fingerprint_qr_hint")}</p>
      </details>
    </div>
  );
}

/** ISO/IEC 18004, section 6.3.8: four modules of quiet around the symbol. */
const QUIET = 4;

/** Dark on light in every theme: not every scanner reads the reverse. */
function QrCode({ content, label }: { content: string; label: string }) {
  const modules = encodeQR(content, "raw", {
    ecc: "medium",
    encoding: "alphanumeric",
    border: QUIET,
  });
  const path = modules
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${modules.length} ${modules.length}`}
      role="img"
      aria-label={label}
      data-content={content}
    >
      <path class="light" d={`M0 0h${modules.length}v${modules.length}h-${modules.length}z`} />
      <path class="dark" d={path} />
    </svg>
  );
}
