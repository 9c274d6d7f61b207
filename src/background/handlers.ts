import { parsePemOrDerCertificates } from "../core/asn1/certificate.ts";
import { SmimeError } from "../core/errors.ts";
import type { AnchorView, IdentityView, PageProtocol } from "../core/protocol.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { mailUses } from "../core/trust/uses.ts";
import { mailIdentities, type MailIdentity } from "../thunderbird/identities.ts";
import { answerPrompt, promptView } from "../thunderbird/prompts.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { bytes, text } from "./arguments.ts";
import { draftHandlers } from "./draft-handlers.ts";
import { contactHandlers } from "./contact-handlers.ts";
import { messageHandlers } from "./message-handlers.ts";
import { peopleHandlers } from "./people-handlers.ts";
import { scanHandlers } from "./scan-handlers.ts";
import type { Services } from "./services.ts";
import { enrolmentHandlers } from "./requests.ts";
import { ownKeyHandlers } from "./own-keys.ts";
import { vaultHandlers } from "./vault-handlers.ts";
import { certificateView } from "./views.ts";

/** What pages may ask. Arguments come from the add-on's own pages, and are checked all the same. */
export function pageHandlers(services: Services): Handlers<PageProtocol> {
  const { storage, directory, display, unlocking } = services;
  const { settings, trust, certificates } = storage;

  return {
    ...vaultHandlers(services),

    "settings.get": () => settings.get(),
    "settings.openEncrypted": async () =>
      services.opensElsewhere ? (await settings.get()).openEncrypted : null,
    "settings.set": async (change) => {
      await settings.set(change);
      await unlocking.used();
      return null;
    },

    ...ownKeyHandlers(services),
    ...enrolmentHandlers(services),

    "trust.list": async () =>
      (await trust.list()).map(({ certificate, kind }) => anchorView(certificate, kind)),
    "trust.add": async ({ file }) => {
      const [certificate] = await parsePemOrDerCertificates(bytes(file));
      if (certificate === undefined) throw new SmimeError("certificate-malformed");
      return trustAuthority(certificate);
    },
    "trust.addKnown": async ({ fingerprint }) => {
      return trustAuthority(await knownCertificate(text(fingerprint)));
    },
    "trust.addCertificate": async ({ fingerprint }) => {
      const certificate = await knownCertificate(text(fingerprint));
      if (mailUses(certificate).size === 0) throw new SmimeError("bad-request");
      await trust.add(certificate, "certificate");
      await display.refreshAll();
      return anchorView(certificate, "certificate");
    },
    "trust.remove": async ({ fingerprint }) => {
      await trust.remove(text(fingerprint));
      await display.refreshAll();
      return null;
    },

    "identities.list": async () => Promise.all((await mailIdentities()).map(identityView)),
    ...contactHandlers(services),
    ...peopleHandlers(services),
    ...scanHandlers(services.scan),

    ...draftHandlers(services, identityView),

    ...messageHandlers(services),

    "prompt.describe": ({ id }) => {
      const view = promptView(id);
      return view === null ? Promise.reject(new SmimeError("not-found")) : Promise.resolve(view);
    },
    "prompt.answer": ({ id, answer }) => {
      answerPrompt(id, answer);
      return Promise.resolve(null);
    },
  };

  async function knownCertificate(fingerprint: string): Promise<Certificate> {
    const known = [
      ...(await directory.intermediates()),
      ...(await display.certificates()),
      ...(await certificates.all()).map(({ certificate }) => certificate),
    ];
    const found = known.find((certificate) => certificate.fingerprint === fingerprint);
    if (found === undefined) throw new SmimeError("not-found");
    return found;
  }

  async function trustAuthority(certificate: Certificate): Promise<AnchorView> {
    if (certificate.basicConstraints?.authority !== true) {
      throw new SmimeError("certificate-not-an-authority");
    }
    await trust.add(certificate);
    await certificates.putIntermediates([certificate]);
    await display.refreshAll();
    return anchorView(certificate);
  }

  async function identityView({ id, address, name }: MailIdentity): Promise<IdentityView> {
    const own = await directory.own(canonicalAddress(address));
    return { id, address, name, ready: own.signing !== null && own.encryption !== null };
  }
}

function anchorView(certificate: Certificate, kind: AnchorView["kind"] = "authority"): AnchorView {
  return { ...certificateView(certificate), source: "user", kind };
}
