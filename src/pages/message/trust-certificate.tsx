import { useId, useState } from "preact/hooks";
import type { CertificateView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { FingerprintToCompare } from "../components/fingerprint-to-compare.tsx";

/** Asks the user to vouch for one certificate: only who has compared it can. */
export function TrustCertificate({
  certificate,
  onTrusted,
}: {
  certificate: CertificateView;
  onTrusted: () => void;
}) {
  const [compared, setCompared] = useState(false);
  const { busy, failure, run } = useAction();
  const id = useId();
  return (
    <div class="stack">
      <p>
        <strong>
          <bdi>{certificate.name}</bdi>
        </strong>
      </p>
      <p id={id}>{text("trust_certificate_compare")}</p>
      <FingerprintToCompare value={certificate.fingerprint} />
      <label class="line">
        <input
          type="checkbox"
          checked={compared}
          aria-describedby={id}
          onChange={(event) => {
            setCompared(event.currentTarget.checked);
          }}
        />
        <span>{text("trust_certificate_compared")}</span>
      </label>
      <Failure code={failure} />
      <div class="buttons">
        <button
          type="button"
          data-action="trust-certificate"
          disabled={busy || !compared}
          onClick={() =>
            void run(async () => {
              await ask("trust.addCertificate", { fingerprint: certificate.fingerprint });
              onTrusted();
            })
          }
        >
          {text("do_trust_certificate")}
        </button>
      </div>
    </div>
  );
}
