import { ask, useLoaded } from "../components/background.ts";
import { Everything } from "./everything.tsx";
import { LocalCopies } from "./local-copies.tsx";
import { IdentityProtection } from "./preferences-identities.tsx";
import { OddPartners } from "./preferences-partners.tsx";
import { Reading } from "./reading.tsx";
import { Revocation } from "./revocation.tsx";
import { DefaultProtection, Security } from "./security.tsx";

/** How the add-on behaves. */
export function Preferences() {
  const vault = useLoaded(() => ask("vault.state", null));
  const settings = useLoaded(() => ask("settings.get", null));
  return (
    <>
      <DefaultProtection settings={settings} />
      <IdentityProtection settings={settings} />
      <Reading />
      <Security vault={vault} settings={settings} />
      <LocalCopies settings={settings} />
      <Revocation settings={settings} />
      <OddPartners settings={settings} />
      <Everything />
    </>
  );
}
