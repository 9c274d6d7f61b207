import type { ContactView } from "../../core/protocol.ts";
import { date, text } from "../../thunderbird/i18n.ts";
import { Person } from "../components/certificate.tsx";
import {
  attentionWordings,
  evidenceWordings,
  nextWording,
  stateWording,
} from "../components/exchange.ts";
import { Icon } from "../components/icon.tsx";
import { NextButton } from "../components/next-button.tsx";
import { Steps } from "../components/steps.tsx";

/** `identity` is shown where the user has several. */
export function ContactCard({
  contact,
  showIdentity,
}: {
  contact: ContactView;
  showIdentity: boolean;
}) {
  const next = nextWording(contact.next);
  return (
    <li class="contact" data-address={contact.address} data-state={contact.state}>
      <div class="contact-head">
        <Person name={contact.name} address={contact.address} />
        <Steps state={contact.state} />
      </div>
      <p class="state">{text(...stateWording(contact))}</p>
      {attentionWordings(contact.attention).map((wording) => (
        <p key={wording[0]} class="line warn">
          <Icon name="warning" />
          <span>{text(...wording)}</span>
        </p>
      ))}
      {next !== null && <p class="hint">{text(...next)}</p>}
      {showIdentity && (
        <p class="hint">
          {text("contact_identity")} <bdi>{contact.identity}</bdi>
        </p>
      )}
      <div class="contact-foot">
        <ul class="evidence">
          {evidenceWordings(contact.evidence, date).map((wording) => (
            <li key={wording[0]}>{text(...wording)}</li>
          ))}
        </ul>
        <NextButton contact={contact} />
      </div>
    </li>
  );
}
