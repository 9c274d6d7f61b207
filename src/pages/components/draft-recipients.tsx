import type { DraftView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { recipientWording } from "./draft-wording.ts";
import { Icon } from "./icon.tsx";

const fields = { to: null, cc: "field_cc", bcc: "field_bcc" } as const;

/** Each recipient, and whether mail to them can be encrypted, in words. */
export function DraftRecipients({ recipients }: Pick<DraftView, "recipients">) {
  return (
    <section aria-labelledby="recipients-heading">
      <h2 id="recipients-heading">{text("recipients_heading")}</h2>
      {recipients.length === 0 && <p class="hint">{text("recipients_none")}</p>}
      <ul class="recipients">
        {recipients.map((recipient) => {
          const field = fields[recipient.field];
          return (
            <li
              key={`${recipient.field} ${recipient.address}`}
              data-address={recipient.address}
              data-ready={recipient.ready}
              data-state={recipient.state}
            >
              <Icon name={recipient.ready ? "check" : "waiting"} />
              <span>
                <bdi class="name">{recipient.shownAddress}</bdi>
                {field !== null && <span class="tag">{text(field)}</span>}
                <span class="hint">{text(...recipientWording(recipient))}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
