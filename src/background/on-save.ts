import { SmimeError, errorCode } from "../core/errors.ts";
import { selectForDrafts } from "../core/exchange/select-certificate.ts";
import type { KeyStore } from "../core/ports.ts";
import { sealDraft } from "../core/smime/sealed-draft.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { mailboxAddresses } from "../thunderbird/mailboxes.ts";
import type { BuildAnswer, BuiltAnswer, Outgoing } from "../thunderbird/transport.ts";
import type { DraftOrigin } from "./draft-origin.ts";
import { draftChoice, type DraftServices } from "./drafts.ts";
import type { Failures } from "./failures.ts";
import type { Quoting } from "./quoting.ts";
import { errorText, exactBuffer } from "./send-answers.ts";

interface SaveServices extends DraftServices {
  readonly keys: KeyStore;
  readonly quotes: Quoting;
  readonly failures: Failures;
}

/**
 * Between Save and the server: drafts and templates, automatic saving included, are encrypted to
 * their author. Needs no private key, so it asks for nothing.
 */
export function saving(services: SaveServices) {
  return { onBuild, onBuilt };

  async function onBuild(outgoing: Outgoing): Promise<BuildAnswer> {
    try {
      const author = await authorOf(outgoing, await originOf(outgoing.tabId));
      return { action: author === null ? "leave" : "protect" };
    } catch (error) {
      return { action: "refuse", reason: explain(error) };
    }
  }

  async function onBuilt(outgoing: Outgoing, message: ArrayBuffer): Promise<BuiltAnswer> {
    try {
      const origin = await originOf(outgoing.tabId);
      const author = await authorOf(outgoing, origin);
      if (author === null) throw new SmimeError("draft-no-certificate");
      const sealed = await sealDraft(new Uint8Array(message), author, {
        choice: await draftChoice(outgoing.tabId),
        answersEncrypted: origin.encrypted,
        brought: await services.quotes.brought(outgoing.tabId),
      });
      return { message: exactBuffer(sealed) };
    } catch (error) {
      return { reason: explain(error) };
    }
  }

  async function originOf(tabId: number): Promise<DraftOrigin> {
    const origin = await services.origins.of(tabId);
    if (origin.sealed === "closed" || origin.sealed === "failed") {
      throw new SmimeError("draft-not-opened");
    }
    return origin;
  }

  /** The certificate that the draft is to be encrypted to; null if it is saved as it is. */
  async function authorOf(outgoing: Outgoing, origin: DraftOrigin): Promise<Certificate | null> {
    // Thunderbird encrypts it by itself.
    if (outgoing.builtIn === "encrypted") return null;
    const required = origin.encrypted || (await draftChoice(outgoing.tabId)) === "encrypted";
    const [from = ""] = await mailboxAddresses(outgoing.from);
    const now = services.clock.now();
    const key = selectForDrafts(await services.keys.list(), from, now);
    if (key === null) {
      if (required) throw new SmimeError("draft-no-certificate");
      return null;
    }
    if (required) return key.own.certificate;
    const { encryptDrafts } = await services.settings.get();
    return encryptDrafts && key.named ? key.own.certificate : null;
  }

  function explain(error: unknown): string {
    services.failures.report("saving a draft", error);
    const code = errorCode(error);
    return errorText(code.startsWith("draft-") ? code : "draft-save-failed");
  }
}
