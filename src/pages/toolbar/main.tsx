import { useState } from "preact/hooks";
import { counted, locale, text } from "../../thunderbird/i18n.ts";
import { ask, useLoaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { mount } from "../components/mount.tsx";
import { openOptions } from "../components/open-options.ts";
import { Steps } from "../components/steps.tsx";
import { VaultControl } from "../components/vault-control.tsx";
import { ContactCard } from "./contact-card.tsx";
import { groupContacts, matches, type Group } from "./contacts.ts";
import { NewContact } from "./new-contact.tsx";

const headings: Record<Group, string> = {
  attend: "group_attend",
  act: "group_act",
  wait: "group_wait",
  start: "group_start",
  ready: "group_ready",
};

/** So many contacts are overlooked at a glance. */
const FILTER_ABOVE = 8;

function Toolbar() {
  const vault = useLoaded(() => ask("vault.state", null));
  const identities = useLoaded(() => ask("identities.list", null));
  const contacts = useLoaded(() => ask("contacts.list", null));
  const [query, setQuery] = useState("");

  const ready = identities.value?.filter((identity) => identity.ready) ?? [];
  const all = contacts.value ?? [];
  const found = all.filter((contact) => matches(contact, query));
  const severalIdentities = new Set(all.map(({ identity }) => identity)).size > 1;

  return (
    <main>
      <header class="bar">
        <h1>{text("toolbar_heading")}</h1>
        <button type="button" class="quiet" onClick={() => void settings()}>
          {text("open_settings")}
        </button>
      </header>
      <VaultControl vault={vault} />
      <Failure code={identities.failure ?? contacts.failure} />
      {identities.value !== null && ready.length === 0 && <SetUp />}
      {ready.length > 0 && <NewContact identities={ready} />}
      {all.length > FILTER_ABOVE && (
        <div class="field">
          <label for="filter">{counted("filter_label", all.length)}</label>
          <input
            id="filter"
            type="search"
            value={query}
            onInput={(event) => {
              setQuery(event.currentTarget.value);
            }}
          />
        </div>
      )}
      <div role="status">
        {contacts.value !== null && all.length === 0 && ready.length > 0 && (
          <p class="hint">{text("contacts_empty")}</p>
        )}
        {all.length > 0 && found.length === 0 && <p class="hint">{text("filter_nothing")}</p>}
      </div>
      {groupContacts(found, locale()).map(({ group, contacts: members }) => (
        <section key={group} aria-labelledby={`group-${group}`}>
          <h2 id={`group-${group}`}>
            {text(headings[group])} <span class="count">{members.length}</span>
          </h2>
          <ul class="cards">
            {members.map((contact) => (
              <ContactCard
                key={`${contact.identity} ${contact.address}`}
                contact={contact}
                showIdentity={severalIdentities}
              />
            ))}
          </ul>
        </section>
      ))}
    </main>
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
  await openOptions("certificates");
  window.close();
}

mount(text("extensionName"), <Toolbar />);
