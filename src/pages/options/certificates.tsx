import { text } from "../../thunderbird/i18n.ts";
import { ask, useLoaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { VaultControl } from "../components/vault-control.tsx";
import { ImportCertificate } from "./import.tsx";
import { OwnKeys } from "./own-keys.tsx";

/** The user's own certificates, and the passphrase that guards their keys. */
export function Certificates() {
  const keys = useLoaded(() => ask("keys.list", null));
  const vault = useLoaded(() => ask("vault.state", null));
  const changed = () => {
    void keys.reload();
    void vault.reload();
  };
  return (
    <div class="stack">
      <p>{text("keys_explanation")}</p>
      {vault.value === "absent" && <p class="hint">{text("security_absent")}</p>}
      <VaultControl vault={vault} />
      <ImportCertificate onImported={changed} />
      <Failure code={keys.failure} />
      {keys.value !== null && <OwnKeys keys={keys.value} onChange={changed} />}
    </div>
  );
}
