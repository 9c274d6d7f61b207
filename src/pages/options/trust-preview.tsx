import { useEffect, useRef } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { counted, date, text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "../components/background.ts";
import { CertificateFacts } from "../components/certificate.tsx";
import { Failure } from "../components/failure.tsx";
import type { ChosenFile } from "../components/file-drop.tsx";
import { Icon } from "../components/icon.tsx";

type Preview = PageProtocol["trust.preview"]["response"][number];
type Anchor = PageProtocol["trust.add"]["response"];

/** What a file would have the user trust, and what that means, before it is so. */
export function IssuerPreview({
  file,
  previews,
  onDone,
}: {
  file: ChosenFile;
  previews: readonly Preview[];
  /** null: nothing was changed. */
  onDone: (added: Anchor | null) => void;
}) {
  const { busy, failure, run } = useAction();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <div class="card stack" id="issuer-preview">
      <h3 ref={heading} tabIndex={-1}>
        {counted("issuer_preview", previews.length)}
      </h3>
      <p>{text("issuer_preview_meaning")}</p>
      <p>{text("issuer_preview_compare")}</p>
      <ul class="cards">
        {previews.map((preview) => {
          const { fingerprint, name, problem, known } = preview;
          return (
            <li key={fingerprint} class="card stack" data-fingerprint={fingerprint}>
              <h4>
                <bdi>{name}</bdi>
              </h4>
              <Judgement of={preview} />
              <CertificateFacts certificate={preview} />
              {problem === null && known === "no" && (
                <div class="buttons">
                  <button
                    type="button"
                    data-action="trust"
                    disabled={busy}
                    aria-label={text("do_trust_issuer_named", name)}
                    onClick={() =>
                      void run(async () => {
                        onDone(
                          await ask("trust.add", {
                            ...{ file: file.bytes, fingerprint, name: file.name },
                          }),
                        );
                      })
                    }
                  >
                    {text("do_trust_issuer")}
                  </button>
                </div>
              )}
            </li>
          );
        })}
      </ul>
      <Failure code={failure} />
      <div class="buttons">
        <button
          type="button"
          disabled={busy}
          onClick={() => {
            onDone(null);
          }}
        >
          {text("cancel")}
        </button>
      </div>
    </div>
  );
}

function Judgement({ of: { problem, known, root, notAfter } }: { of: Preview }) {
  const [key, icon, ...more] =
    problem === "not-an-authority"
      ? (["issuer_is_none", "warning"] as const)
      : problem === "expired"
        ? (["issuer_expired", "warning", date(notAfter)] as const)
        : known !== "no"
          ? ([known === "user" ? "issuer_known" : "issuer_built_in", "info"] as const)
          : ([root ? "issuer_root" : "issuer_below_root", "info"] as const);
  return (
    <p class={icon === "warning" ? "line warn" : "line"} data-problem={problem ?? "none"}>
      <Icon name={icon} />
      <span>{text(key, ...more)}</span>
    </p>
  );
}
