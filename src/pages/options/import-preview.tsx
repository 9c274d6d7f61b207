import { useEffect, useRef } from "preact/hooks";
import type { KeyFilePreview } from "../../core/protocol.ts";
import { date, text } from "../../thunderbird/i18n.ts";
import { CertificateFacts } from "../components/certificate.tsx";
import { Icon } from "../components/icon.tsx";
import { concernWording } from "./concerns.ts";

type Previewed = KeyFilePreview["keys"][number];

/** What a file would bring, before anything of it is stored. */
export function ImportPreview({ keys }: { keys: readonly Previewed[] }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <>
      <h2 ref={heading} tabIndex={-1}>
        {text("preview_heading")}
      </h2>
      <ul class="cards" id="import-preview">
        {keys.map((key) => (
          <li key={key.fingerprint} class="card stack" data-fingerprint={key.fingerprint}>
            <h3>
              <bdi>{key.name}</bdi>
            </h3>
            <Judgement of={key} />
            <CertificateFacts certificate={key} accounts={key.accounts} issuers={key.issuers} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Whether it fits, and what to do where something is wrong with it. */
export function Judgement({ of }: { of: Omit<Previewed, "known"> & { known?: boolean } }) {
  return (
    <>
      {of.known === true && (
        <p class="line">
          <Icon name="info" />
          <span>{text("preview_known")}</span>
        </p>
      )}
      {of.concerns.length === 0 && (
        <p class="line good">
          <Icon name="check" />
          <span>{text("preview_fits", of.accounts.join(", "))}</span>
        </p>
      )}
      {of.concerns.map((concern) => {
        const [key, ...substitutions] = concernWording(concern, of, date);
        return (
          <p key={concern} class="line warn" data-concern={concern}>
            <Icon name="warning" />
            <span>{text(key, ...substitutions)}</span>
          </p>
        );
      })}
    </>
  );
}
