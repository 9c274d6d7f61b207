import type { DraftView } from "../../core/protocol.ts";
import { text } from "../../thunderbird/i18n.ts";
import type { Section } from "../options/sections.ts";
import { needsSetUp } from "./draft-wording.ts";
import { openOptions } from "./open-options.ts";

/**
 * Buttons that lead to the certificate that the sender lacks; nothing where that is not what is in
 * the way. `onOpened`: its page is in front now.
 */
export function OwnCertificateWays({ view, onOpened }: { view: DraftView; onOpened: () => void }) {
  if (!needsSetUp(view)) return null;
  const go = (section: Section) => () => void openOptions(section).then(onOpened);
  return (
    <>
      <button type="button" class="primary" data-action="import" onClick={go("certificates")}>
        {text("do_import")}
      </button>
      {view.plan.why === "own-expired" && (
        <button type="button" data-action="request" onClick={go("request")}>
          {text("key_ends_request")}
        </button>
      )}
    </>
  );
}
