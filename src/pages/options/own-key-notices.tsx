import type { OwnKeyView } from "../../core/protocol.ts";
import { counted, date, text } from "../../thunderbird/i18n.ts";
import { Icon } from "../components/icon.tsx";
import { TrustIssuer } from "../components/trust-issuer.tsx";

/** Whether it can be used now. */
export function Condition({ own }: { own: OwnKeyView }) {
  switch (own.validity) {
    case "expired":
      return (
        <p class="line warn">
          <Icon name="warning" />
          <span>{text("key_expired", date(own.notAfter))}</span>
        </p>
      );
    case "not-yet-valid":
      return (
        <p class="line warn">
          <Icon name="waiting" />
          <span>{text("key_not_yet_valid", date(own.notBefore))}</span>
        </p>
      );
    case "valid":
      return (
        <p class="line good">
          <Icon name="check" />
          <span>
            {own.selfSigned === true
              ? text("key_valid_self_signed")
              : text(own.trust.ok ? "key_valid" : "key_valid_untrusted")}
          </span>
        </p>
      );
  }
}

/** In the last thirty days of a certificate that is in use. */
export function Renewal({ own }: { own: OwnKeyView }) {
  if (own.endsInDays === null) return null;
  return (
    <div class="notice" data-notice="renewal">
      <Icon name="waiting" />
      <div class="stack">
        <p>{counted("key_ends", Math.max(own.endsInDays, 0), date(own.notAfter))}</p>
        <p>
          <a href="#request">{text("key_ends_request")}</a>
        </p>
      </div>
    </div>
  );
}

/** The question of whether the issuer is trusted, where Thunderbird's list leaves it open. */
export function IssuerQuestion({ own, onChange }: { own: OwnKeyView; onChange: () => void }) {
  if (own.trust.ok || own.selfSigned === true) return null;
  const { issuer } = own.trust;
  return (
    <div class="notice info" data-question="trust">
      <Icon name="info" />
      <div class="stack">
        <p>
          {issuer === null
            ? text("trust_issuer_missing", own.issuer)
            : text("trust_question", own.issuer)}
        </p>
        {issuer !== null && <TrustIssuer authority={issuer} onTrusted={onChange} />}
      </div>
    </div>
  );
}
