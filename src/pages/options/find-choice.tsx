import { useEffect, useState } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, useLoaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";

type Folder = PageProtocol["scan.folders"]["response"][number];

/** Certificates rarely last longer than three years. */
const periods = [
  { years: 1, label: "find_period_1" },
  { years: 3, label: "find_period_3" },
  { years: null, label: "find_period_all" },
] as const;

/** Which folders are searched, and how far back. */
export function FindChoice({ onStarted }: { onStarted: () => void }) {
  const folders = useLoaded(() => ask("scan.folders", null));
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const [years, setYears] = useState<number | null>(3);
  const { busy, failure, run } = useAction();

  useEffect(() => {
    if (folders.value === null || chosen !== null) return;
    setChosen(new Set(folders.value.filter(({ suggested }) => suggested).map(({ id }) => id)));
  }, [folders.value]);

  if (folders.value === null || chosen === null) return <Failure code={folders.failure} />;
  const accounts = [...new Set(folders.value.map(({ account }) => account))];
  const choose = ({ id }: Folder, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  const since = () => {
    if (years === null) return null;
    const from = new Date();
    from.setFullYear(from.getFullYear() - years);
    return from.toISOString();
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await ask("scan.start", { folders: [...chosen], since: since() });
          onStarted();
        });
      }}
    >
      {accounts.map((account) => (
        <fieldset key={account} class="choices">
          <legend>
            {text("find_folders_of")} <bdi>{account}</bdi>
          </legend>
          <ul class="columns">
            {folders.value
              ?.filter((folder) => folder.account === account)
              .map((folder) => (
                <li key={folder.id}>
                  <label>
                    <input
                      type="checkbox"
                      checked={chosen.has(folder.id)}
                      onChange={(event) => {
                        choose(folder, event.currentTarget.checked);
                      }}
                    />
                    <bdi>{folder.name}</bdi>
                  </label>
                </li>
              ))}
          </ul>
        </fieldset>
      ))}
      <div class="field inline">
        <label for="find-period">{text("find_period")}</label>
        <select
          id="find-period"
          value={String(years)}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setYears(value === "null" ? null : Number(value));
          }}
        >
          {periods.map(({ years: value, label }) => (
            <option key={label} value={String(value)}>
              {text(label)}
            </option>
          ))}
        </select>
      </div>
      <p class="hint">{text("find_hint")}</p>
      <Failure code={failure} />
      <div class="buttons">
        <button
          type="submit"
          class="primary"
          data-action="search"
          disabled={busy || chosen.size === 0}
        >
          {text("find_start")}
        </button>
      </div>
    </form>
  );
}
