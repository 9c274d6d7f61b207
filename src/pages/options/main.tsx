import { useEffect } from "preact/hooks";
import { text } from "../../thunderbird/i18n.ts";
import { ask, useLoaded } from "../components/background.ts";
import { Failure } from "../components/failure.tsx";
import { mount } from "../components/mount.tsx";
import { ImportCertificate } from "./import.tsx";
import { Issuers } from "./issuers.tsx";
import { OwnKeys } from "./own-keys.tsx";
import { Reading } from "./reading.tsx";
import { Revocation } from "./revocation.tsx";
import { DefaultProtection, Security } from "./security.tsx";

function Options() {
  const keys = useLoaded(() => ask("keys.list", null));
  const anchors = useLoaded(() => ask("trust.list", null));
  const vault = useLoaded(() => ask("vault.state", null));
  const settings = useLoaded(() => ask("settings.get", null));

  const changed = () => {
    void keys.reload();
    void anchors.reload();
    void vault.reload();
  };

  // The sections come after the browser has looked for the one that the address names.
  useEffect(() => {
    if (location.hash !== "") document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, []);

  return (
    <main>
      <header>
        <img src="../../icons/logo.svg" alt="" width="48" height="48" />
        <div>
          <h1>{text("extensionName")}</h1>
          <p class="hint">{text("options_lead")}</p>
        </div>
      </header>
      <section aria-labelledby="certificates" class="stack">
        <h2 id="certificates">{text("keys_heading")}</h2>
        <p>{text("keys_explanation")}</p>
        <ImportCertificate onImported={changed} />
        <Failure code={keys.failure} />
        {keys.value !== null && <OwnKeys keys={keys.value} onChange={changed} />}
      </section>
      <DefaultProtection settings={settings} />
      <Reading />
      <Security vault={vault} settings={settings} />
      <Revocation settings={settings} />
      <Failure code={anchors.failure} />
      <Issuers anchors={anchors.value ?? []} onChange={changed} />
    </main>
  );
}

mount(text("options_title"), <Options />);
