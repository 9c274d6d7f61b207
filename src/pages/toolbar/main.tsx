import "./first-page.ts";
import { useMemo, useRef, useState } from "preact/hooks";
import type { ContactView, Group, IdentityView } from "../../core/protocol.ts";
import { counted, text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { composeStep } from "../components/compose.ts";
import { nextStep } from "../components/exchange.ts";
import { Failure } from "../components/failure.tsx";
import { mount } from "../components/mount.tsx";
import { openWelcome } from "../components/open-options.ts";
import { Steps } from "../components/steps.tsx";
import { VaultControl } from "../components/vault-control.tsx";
import { ContactGrid } from "./contact-grid.tsx";
import { addressIn, find, linesOf } from "./contacts.ts";
import { Decide, type Deciding } from "./decide.tsx";
import { GroupFilter } from "./group-filter.tsx";
import { useContacts } from "./use-contacts.ts";

function Toolbar({ onDecide }: { onDecide: (contact: ContactView) => void }) {
  const vault = useLoaded(() => ask("vault.state", null));
  const [identity, setIdentity] = useState<string | null>(null);
  const { page, contacts, complete, failure } = useContacts(identity);
  const [query, setQuery] = useState("");
  const [group, setGroup] = useState<Group | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<{ focus(): void }>(null);

  const found = useMemo(() => find(contacts, query, group), [contacts, query, group]);
  const lines = useMemo(() => linesOf(found), [found]);
  const whose = page?.identities.find(({ address }) => address === page.identity);
  const total = page === null ? 0 : Object.values(page.counts).reduce((sum, one) => sum + one, 0);
  const stranger = whose?.ready === true && complete ? newAddress(query, contacts) : null;
  const filtered = query.trim() !== "" || group !== null;

  return (
    <main>
      <header class="bar">
        <h1>{text("toolbar_heading")}</h1>
        <button type="button" class="quiet" onClick={() => void settings()}>
          {text("open_settings")}
        </button>
      </header>
      <VaultControl vault={vault} />
      <Failure code={failure} />
      {page !== null && page.identities.length > 1 && (
        <WhoseContacts
          identities={page.identities}
          value={page.identity}
          onChoose={(address) => {
            setIdentity(address);
          }}
        />
      )}
      {page !== null && whose?.ready !== true && <SetUp />}
      {(whose?.ready === true || total > 0) && (
        <div class="field">
          <label for="filter">
            {total > 0 ? counted("filter_label", total) : text("new_contact_label")}
          </label>
          <input
            id="filter"
            ref={field}
            type="search"
            autocomplete="off"
            autofocus
            spellcheck={false}
            value={query}
            onInput={(event) => {
              setQuery(event.currentTarget.value);
            }}
            onKeyDown={(event) => {
              if (event.key !== "ArrowDown" || lines.length === 0) return;
              event.preventDefault();
              grid.current?.focus();
            }}
          />
        </div>
      )}
      {page !== null && total > 0 && (
        <GroupFilter counts={page.counts} value={group} onChoose={setGroup} />
      )}
      <div role="status" class={filtered ? "visually-hidden" : ""}>
        {page !== null && total === 0 && complete && whose?.ready === true && (
          <p class="hint">{text("contacts_empty")}</p>
        )}
        {!complete && page?.pending === true && <p class="hint">{text("contacts_pending")}</p>}
        {filtered && complete && <p>{counted("found", found.length)}</p>}
      </div>
      {filtered && complete && total > 0 && found.length === 0 && stranger === null && (
        <p class="hint">{text("filter_nothing")}</p>
      )}
      {stranger !== null && <Stranger address={stranger} identity={page?.identity ?? null} />}
      {lines.length > 0 && (
        <ContactGrid
          lines={lines}
          complete={complete}
          label={text("toolbar_heading")}
          gridRef={grid}
          onLeave={() => field.current?.focus()}
          onType={() => field.current?.focus()}
          onDecide={onDecide}
        />
      )}
    </main>
  );
}

/** An address that was typed and belongs to nobody in the list. */
function newAddress(query: string, contacts: ReturnType<typeof useContacts>["contacts"]) {
  const address = addressIn(query);
  if (address === null) return null;
  const same = (one: string) => one.toLowerCase() === address.toLowerCase();
  return contacts.some(({ contact }) => same(contact.address) || same(contact.shownAddress))
    ? null
    : address;
}

/** Starts the exchange with an address that is not in the list yet. */
function Stranger({ address, identity }: { address: string; identity: string | null }) {
  const { busy, failure, run } = useAction();
  const step = nextStep({ next: "send-hello", attention: [] });
  return (
    <div class="card stack">
      <p>
        <bdi class="name">{address}</bdi>
      </p>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          data-action="send-hello"
          disabled={busy}
          onClick={() =>
            void run(async () => {
              if (step.kind === "compose") await composeStep({ identity, address }, step);
              window.close();
            })
          }
        >
          {text(step.label)}
        </button>
      </div>
      <Failure code={failure} />
    </div>
  );
}

function WhoseContacts({
  identities,
  value,
  onChoose,
}: {
  identities: readonly (IdentityView & { readonly todo: number })[];
  value: string | null;
  onChoose: (address: string) => void;
}) {
  return (
    <div class="field inline">
      <label for="identity">{text("contacts_of")}</label>
      <select
        id="identity"
        value={value ?? ""}
        onChange={(event) => {
          onChoose(event.currentTarget.value);
        }}
      >
        {identities.map(({ id, address, todo }) => (
          <option key={id} value={address}>
            {todo === 0 ? address : counted("identity_todo", todo, address)}
          </option>
        ))}
      </select>
    </div>
  );
}

function SetUp() {
  return (
    <section class="card" aria-labelledby="setup-heading">
      <h2 id="setup-heading">{text("setup_heading")}</h2>
      <Steps state="setup" labels />
      <p>{text("setup_explanation")}</p>
      <div class="buttons">
        <button type="button" class="primary" data-action="set-up" onClick={() => void settings()}>
          {text("do_import")}
        </button>
      </div>
    </section>
  );
}

async function settings(): Promise<void> {
  await openWelcome();
  window.close();
}

/** The list, or in its place the certificates of one contact. A window for one has nothing else. */
function Page() {
  const [deciding, setDeciding] = useState<Deciding | null>(decidingFrom(location.hash));
  if (deciding === null) return <Toolbar onDecide={setDeciding} />;
  return (
    <Decide
      who={deciding}
      onClose={() => {
        if (location.hash === "") setDeciding(null);
        else window.close();
      }}
    />
  );
}

function decidingFrom(hash: string): Deciding | null {
  if (hash === "") return null;
  const address = decodeURIComponent(hash.slice(1));
  return { address, shownAddress: address, name: null, identity: null };
}

mount(text("extensionName"), <Page />);
