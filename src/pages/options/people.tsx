import { useState } from "preact/hooks";
import { counted, text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { matching } from "./people-search.ts";
import { PeopleImport } from "./people-import.tsx";
import { PersonCard } from "./people-person.tsx";

/** How many are drawn until more are asked for. */
const STEP = 50;

/** Other people's certificates. */
export function People() {
  const people = useLoaded(() => ask("people.list", null));
  const [query, setQuery] = useState("");
  const [shown, setShown] = useState(STEP);
  const { busy, failure, run } = useAction();
  const reload = () => void people.reload();
  const all = people.value ?? [];
  const found = matching(all, query);
  return (
    <div class="stack">
      <p>{text("people_explanation")}</p>
      <PeopleImport onAdded={reload} />
      <Failure code={people.failure} />
      {people.value !== null && all.length === 0 && <p class="hint">{text("people_empty")}</p>}
      {all.length > 0 && (
        <>
          <div class="bar">
            <div class="field">
              <label for="people-filter">{counted("people_filter", all.length)}</label>
              <input
                id="people-filter"
                type="search"
                value={query}
                onInput={(event) => {
                  setQuery(event.currentTarget.value);
                  setShown(STEP);
                }}
              />
            </div>
            <button
              type="button"
              data-action="export-all"
              disabled={busy}
              onClick={() =>
                void run(() => ask("people.export", { fingerprints: null, format: "p7c" }))
              }
            >
              {text("people_export_all")}
            </button>
          </div>
          <Failure code={failure} />
          <p class="hint" role="status">
            {query !== "" && counted("people_found", found.length)}
          </p>
          <ul class="cards" id="people-list">
            {found.slice(0, shown).map((person) => (
              <PersonCard key={person.address} person={person} onChange={reload} />
            ))}
          </ul>
          {found.length > shown && (
            <div class="buttons">
              <button
                type="button"
                data-action="more"
                onClick={() => {
                  setShown(shown + STEP);
                }}
              >
                {text("people_more")}
              </button>
            </div>
          )}
        </>
      )}
    </div>
  );
}
