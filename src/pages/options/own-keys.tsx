import { useState } from "preact/hooks";
import type { OwnKeyView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useAction } from "../components/background.ts";
import { CertificateFacts, useNames } from "../components/certificate.tsx";
import { Failure } from "../components/failure.tsx";
import { RemoveButton } from "../components/remove-button.tsx";
import { Announce } from "./announce.tsx";
import { BackupForm } from "./backup-form.tsx";
import { Condition, IssuerQuestion, Renewal } from "./own-key-notices.tsx";
import { canBePreferred, keyGroups, usesIn, type KeyGroup } from "./own-key-groups.ts";
import { trustQuestions } from "./trust-questions.ts";

/** The user's own certificates by address: those in use, and those kept for reading. */
export function OwnKeys({ keys, onChange }: { keys: readonly OwnKeyView[]; onChange: () => void }) {
  if (keys.length === 0) return <p class="hint">{text("keys_empty")}</p>;
  const asking = trustQuestions(keys);
  return (
    <>
      {keyGroups(keys).map((group) => (
        <Group key={group.address} group={group} asking={asking} onChange={onChange} />
      ))}
    </>
  );
}

function Group({
  group,
  asking,
  onChange,
}: {
  group: KeyGroup;
  asking: ReadonlySet<string>;
  onChange: () => void;
}) {
  const { address, current, others } = group;
  const cards = (keys: readonly OwnKeyView[]) => (
    <ul class="cards own-keys">
      {keys.map((key) => (
        <OwnKey
          key={key.fingerprint}
          own={key}
          address={address}
          asksTrust={asking.has(key.fingerprint)}
          onChange={onChange}
        />
      ))}
    </ul>
  );
  return (
    <section data-address={address ?? ""}>
      <h2>{address === null ? text("keys_no_account") : <bdi>{address}</bdi>}</h2>
      {address !== null && current.length === 0 && <p class="hint">{text("keys_none_in_use")}</p>}
      {cards(current)}
      {current.length > 0 && others.length > 0 && (
        <Announce
          key={current.map(({ fingerprint }) => fingerprint).join()}
          identity={address ?? ""}
        />
      )}
      {others.length > 0 && address !== null && (
        <>
          <h3>{text("keys_others")}</h3>
          <p class="hint">{text("keys_others_explained")}</p>
        </>
      )}
      {cards(others)}
    </section>
  );
}

function OwnKey({
  own,
  address,
  asksTrust,
  onChange,
}: {
  own: OwnKeyView;
  address: string | null;
  asksTrust: boolean;
  onChange: () => void;
}) {
  const [savesBackup, setSavesBackup] = useState(false);
  const { busy, failure, run } = useAction();
  const startBackup = () => {
    setSavesBackup(true);
  };
  const inUse = usesIn(own, address) ?? [];
  return (
    <li class="card stack" data-fingerprint={own.fingerprint}>
      <div class="card-head">
        <h3>
          <bdi>{own.name}</bdi>
        </h3>
        {inUse.length > 0 && <span class="tag">{text("key_in_use", useNames(inUse))}</span>}
      </div>
      <Condition own={own} />
      <Renewal own={own} />
      <CertificateFacts certificate={own} accounts={own.accounts} />
      {asksTrust && <IssuerQuestion own={own} onChange={onChange} />}
      {!savesBackup && (
        <div class="buttons">
          {canBePreferred(own, address) && (
            <button
              type="button"
              data-action="prefer"
              aria-label={text("do_prefer_named", own.name)}
              disabled={busy}
              onClick={() =>
                void run(async () => {
                  await ask("keys.prefer", { fingerprint: own.fingerprint });
                  onChange();
                })
              }
            >
              {text("do_prefer")}
            </button>
          )}
          <button
            type="button"
            data-action="backup"
            aria-label={text("do_backup_named", own.name)}
            onClick={startBackup}
          >
            {text("do_backup")}
          </button>
          <RemoveButton
            name={own.name}
            title={text("remove_key_title", own.name)}
            action={text("do_remove_key")}
            remove={async () => {
              await ask("keys.remove", { fingerprint: own.fingerprint });
              onChange();
            }}
            before={{ label: text("do_backup_first"), start: startBackup }}
          >
            <p>{text("remove_key_consequence")}</p>
            {inUse.length > 0 && <p>{text("remove_key_in_use", useNames(inUse))}</p>}
            <p>{text("remove_key_advice")}</p>
          </RemoveButton>
        </div>
      )}
      <Failure code={failure} />
      {savesBackup && (
        <BackupForm
          explanation="backup_explanation"
          onSave={(password, work) =>
            ask("keys.export", { fingerprints: [own.fingerprint], password, work })
          }
          onClose={() => {
            setSavesBackup(false);
          }}
        />
      )}
    </li>
  );
}
