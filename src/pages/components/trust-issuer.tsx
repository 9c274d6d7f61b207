import type { CertificateView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "./background.ts";
import { Failure } from "./failure.tsx";
import { FingerprintToCompare } from "./fingerprint-to-compare.tsx";

/** Asks whether an issuer that Thunderbird's list does not know may vouch for people's addresses. */
export function TrustIssuer({
  authority,
  onTrusted,
}: {
  authority: CertificateView;
  onTrusted: () => void;
}) {
  const { busy, failure, run } = useAction();
  return (
    <div class="stack">
      <p>
        <strong>
          <bdi>{authority.name}</bdi>
        </strong>
      </p>
      <p class="hint">{text("trust_compare")}</p>
      <FingerprintToCompare value={authority.fingerprint} />
      <Failure code={failure} />
      <div class="buttons">
        <button
          type="button"
          data-action="trust"
          disabled={busy}
          onClick={() =>
            void run(async () => {
              await ask("trust.addKnown", { fingerprint: authority.fingerprint });
              onTrusted();
            })
          }
        >
          {text("do_trust_issuer")}
        </button>
      </div>
    </div>
  );
}
