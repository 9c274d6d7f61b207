import { SmimeError } from "../core/errors.ts";
import type { IdentityView, PageProtocol } from "../core/protocol.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import { mailIdentities, type MailIdentity } from "../thunderbird/identities.ts";
import { answerPrompt, promptView } from "../thunderbird/prompts.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { list, text } from "./arguments.ts";
import { draftHandlers } from "./draft-handlers.ts";
import { contactHandlers } from "./contact-handlers.ts";
import { messageHandlers } from "./message-handlers.ts";
import { peopleHandlers } from "./people-handlers.ts";
import { scanHandlers } from "./scan-handlers.ts";
import type { Services } from "./services.ts";
import { backupHandlers } from "./everything.ts";
import { enrolmentHandlers } from "./requests.ts";
import { ownKeyHandlers } from "./own-keys.ts";
import { trustHandlers } from "./trust-handlers.ts";
import { vaultHandlers } from "./vault-handlers.ts";

/** What pages may ask. Arguments come from the add-on's own pages, and are checked all the same. */
export function pageHandlers(services: Services): Handlers<PageProtocol> {
  const { storage, directory, reader, unlocking } = services;
  const { settings } = storage;

  return {
    ...vaultHandlers(services),

    "settings.get": () => settings.get(),
    "settings.openEncrypted": async () =>
      services.opensElsewhere ? (await settings.get()).openEncrypted : null,
    "settings.set": async (change) => {
      const { opaqueFor } = change;
      await settings.set({
        ...change,
        ...(opaqueFor === undefined
          ? {}
          : { opaqueFor: list(opaqueFor, (address) => canonicalAddress(text(address))) }),
      });
      // What was read before was read as the settings were then.
      reader.forgetAll();
      await unlocking.used();
      return null;
    },

    ...ownKeyHandlers(services),
    ...enrolmentHandlers(services),
    ...backupHandlers(services),

    ...trustHandlers(services),

    "identities.list": async () => Promise.all((await mailIdentities()).map(identityView)),
    ...contactHandlers(services),
    ...peopleHandlers(services),
    ...scanHandlers(services.scan),

    ...draftHandlers(services, identityView),

    ...messageHandlers(services),

    "prompt.describe": ({ id, windowId }) => {
      const view = promptView(id, windowId);
      return view === null ? Promise.reject(new SmimeError("not-found")) : Promise.resolve(view);
    },
    "prompt.answer": ({ id, answer }) => {
      answerPrompt(id, answer);
      return Promise.resolve(null);
    },
  };

  async function identityView({ id, address, name }: MailIdentity): Promise<IdentityView> {
    const canonical = canonicalAddress(address);
    const own = await directory.own(canonical);
    return { id, address, canonical, name, ready: own.signing !== null && own.encryption !== null };
  }
}
