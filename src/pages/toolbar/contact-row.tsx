import type { ContactView } from "../../core/protocol.ts";
import { shortDate, text } from "../../thunderbird/i18n.ts";
import { Person } from "../components/certificate.tsx";
import { attentionWordings, nextWording, storyWordings } from "../components/exchange.ts";
import { Icon } from "../components/icon.tsx";
import { Steps } from "../components/steps.tsx";

/** Who it is, how far the exchange has come, what shows that, and what needs attention. */
export function ContactFacts({ contact }: { contact: ContactView }) {
  const urgent = contact.group === "attend" || contact.group === "act";
  const why = urgent ? nextWording(contact.next) : null;
  return (
    <>
      <div class="contact-head">
        <Person name={contact.name} address={contact.shownAddress} />
        <Steps state={contact.state} />
      </div>
      <p class="story">
        {storyWordings(contact, shortDate)
          .map((wording) => text(...wording))
          .join(" ")}
      </p>
      {attentionWordings(contact, shortDate).map((wording) => (
        <p key={wording[0]} class="line warn">
          <Icon name="warning" />
          <span>{text(...wording)}</span>
        </p>
      ))}
      {why !== null && <p class="hint">{text(...why)}</p>}
    </>
  );
}
