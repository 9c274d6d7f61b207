import { counted, number, text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { Icon } from "../components/icon.tsx";
import { Person } from "../components/certificate.tsx";

/** No more windows than these at once: each is a message to look at and send. */
const AT_ONCE = 5;

/**
 * Who still has the certificate that another one has replaced. Each gets a message of their own, so
 * that nobody learns of the others. Whoever was written to leaves the list.
 */
export function Announce({ identity }: { identity: string }) {
  const outdated = useLoaded(() => ask("keys.outdated", null));
  const { busy, failure, run } = useAction();
  const people = (outdated.value ?? []).filter((person) => person.identity === identity);
  if (people.length === 0) return <Failure code={outdated.failure} />;

  const write = (to: readonly string[]) =>
    void run(async () => {
      for (const address of to) {
        await ask("exchange.compose", {
          identity,
          to: address,
          subject: text("announce_subject"),
          body: text("announce_body"),
          protection: "signed",
        });
      }
    });
  const next = people.slice(0, AT_ONCE).map(({ address }) => address);
  return (
    <div class="notice info" data-notice="announce">
      <Icon name="info" />
      <div class="stack">
        <p>{counted("announce_needed", people.length)}</p>
        <p class="hint">{text("announce_explanation")}</p>
        <ul class="people">
          {people.map(({ address, name }) => (
            <li key={address} class="card-head">
              <Person name={name} address={address} />
              <button
                type="button"
                aria-label={text("announce_write_to", name ?? address)}
                disabled={busy}
                onClick={() => {
                  write([address]);
                }}
              >
                {text("announce_write")}
              </button>
            </li>
          ))}
        </ul>
        {people.length > 1 && (
          <div class="buttons">
            <button
              type="button"
              data-action="announce"
              disabled={busy}
              onClick={() => {
                write(next);
              }}
            >
              {people.length > AT_ONCE
                ? text("announce_first", number(AT_ONCE))
                : text("announce_all")}
            </button>
          </div>
        )}
        <Failure code={failure} />
      </div>
    </div>
  );
}
