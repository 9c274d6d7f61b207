import { useState } from "preact/hooks";
import type { PageProtocol } from "../../core/protocol.ts";
import { api } from "../../thunderbird/api.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction, type Loaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";

type Settings = PageProtocol["settings.get"]["response"];

/** Where it is no permission of the build itself, asked for when the copies are turned on. */
const TO_KEEP_COPIES = ["accountsFolders", "messagesImport"];

/** How drafts and read messages are kept: encrypted or not. */
export function LocalCopies({ settings }: { settings: Loaded<Settings> }) {
  const [refused, setRefused] = useState(false);
  const { busy, failure, run } = useAction();
  const set = async (change: Partial<Settings>) => {
    await ask("settings.set", change);
    await settings.reload();
  };
  return (
    <section aria-labelledby="storing" class="stack">
      <h2 id="storing">{text("storing_heading")}</h2>
      <Switch
        name="encryptDrafts"
        label="storing_drafts"
        explanation="storing_drafts_explained"
        settings={settings}
        busy={busy}
        onChange={(encryptDrafts) => void run(() => set({ encryptDrafts }))}
      />
      <Switch
        name="localCopies"
        label="storing_copies"
        explanation="storing_copies_explained"
        settings={settings}
        busy={busy}
        onChange={(localCopies) => {
          void run(async () => {
            // First of all: Thunderbird asks the user only in answer to a click.
            const allowed = !localCopies || (await requestPermissions());
            setRefused(!allowed);
            await set({ localCopies: localCopies && allowed });
          });
        }}
      />
      <div role="status">{refused && <p class="hint">{text("storing_copies_refused")}</p>}</div>
      <Failure code={failure ?? settings.failure} />
    </section>
  );
}

function requestPermissions(): Promise<boolean> {
  // One that is no optional one, because the build has it anyway, would fail the whole request.
  const optional: readonly string[] = api.runtime.getManifest().optional_permissions ?? [];
  const permissions = TO_KEEP_COPIES.filter((permission) => optional.includes(permission));
  // The types know the permissions of browsers only.
  const request = api.permissions.request as unknown as (asked: {
    permissions: readonly string[];
  }) => Promise<boolean>;
  return request({ permissions });
}

function Switch({
  name,
  label,
  explanation,
  settings,
  busy,
  onChange,
}: {
  name: "encryptDrafts" | "localCopies";
  label: string;
  explanation: string;
  settings: Loaded<Settings>;
  busy: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <div>
      <label>
        <input
          type="checkbox"
          data-setting={name}
          checked={settings.value?.[name] === true}
          disabled={busy || settings.value === null}
          aria-describedby={`${name}-explained`}
          onChange={(event) => {
            onChange(event.currentTarget.checked);
          }}
        />{" "}
        {text(label)}
      </label>
      <p class="hint" id={`${name}-explained`}>
        {text(explanation)}
      </p>
    </div>
  );
}
