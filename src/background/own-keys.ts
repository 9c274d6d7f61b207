import { checkForMail, concernsAbout } from "../core/pkcs12/check.ts";
import { readKeyFile } from "../core/pkcs12/read.ts";
import type { OwnKey } from "../core/ports.ts";
import type { KeyFilePreview, OwnKeyView, PageProtocol } from "../core/protocol.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { authorityToTrust, findPath } from "../core/trust/find-path.ts";
import { authoritiesAbove } from "../core/trust/issuers.ts";
import type { PathVerdict } from "../core/trust/path.ts";
import { mailUses, validityAt } from "../core/trust/uses.ts";
import { mailIdentities, type MailIdentity } from "../thunderbird/identities.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { bytes, text } from "./arguments.ts";
import type { Services } from "./services.ts";
import { certificateView } from "./views.ts";

type OwnKeyHandlers = Pick<
  Handlers<PageProtocol>,
  "keys.list" | "keys.preview" | "keys.import" | "keys.remove"
>;

/** The user's own certificates, as pages ask about them. */
export function ownKeyHandlers(services: Services): OwnKeyHandlers {
  const { storage, clock, display, unlocking } = services;
  const { keys } = storage;
  const look = onOwnKeys(services);

  return {
    "keys.list": async () => {
      const identities = await mailIdentities();
      return Promise.all((await keys.list()).map((key) => look.view(key, identities)));
    },

    "keys.preview": async ({ file, password }) => {
      const keyFile = await readKeyFile(bytes(file), text(password));
      checkForMail(keyFile);
      const known = await fingerprints();
      const identities = await mailIdentities();
      return {
        keys: await Promise.all(
          keyFile.keys.map(async (key) => ({
            ...(await look.preview(key, identities)),
            known: known.has(key.certificate.fingerprint),
          })),
        ),
      };
    },

    "keys.import": async ({ file, password }) => {
      const keyFile = await readKeyFile(bytes(file), text(password));
      checkForMail(keyFile);
      const addedAt = clock.now();
      const before = await fingerprints();
      await keys.add(keyFile.keys.map((key) => ({ ...key, addedAt })));
      await unlocking.used();
      await display.refreshAll();
      const identities = await mailIdentities();
      const added = (await keys.list()).filter(
        ({ certificate }) => !before.has(certificate.fingerprint),
      );
      return { added: await Promise.all(added.map((key) => look.view(key, identities))) };
    },

    "keys.remove": async ({ fingerprint }) => {
      await keys.remove(text(fingerprint));
      await display.refreshAll();
      return null;
    },
  };

  async function fingerprints(): Promise<ReadonlySet<string>> {
    return new Set((await keys.list()).map(({ certificate }) => certificate.fingerprint));
  }
}

/** Looks at own certificates, stored or about to be. */
function onOwnKeys({ directory, clock }: Pick<Services, "directory" | "clock">) {
  type Key = Pick<OwnKey, "certificate" | "chain">;

  async function above({ chain }: Key): Promise<readonly Certificate[]> {
    return [...chain, ...(await directory.intermediates())];
  }

  async function pathOf({ certificate }: Key, intermediates: readonly Certificate[]) {
    return findPath(certificate, {
      intermediates,
      anchors: await directory.anchors(),
      at: clock.now(),
      use: mailUses(certificate).has("sign") ? "sign" : "encrypt",
    });
  }

  function viewOf(
    { certificate }: Key,
    path: PathVerdict,
    authority: Certificate | null,
    identities: readonly MailIdentity[],
  ): OwnKeyView {
    const addresses = new Set(certificate.addresses.map(canonicalAddress));
    return {
      ...certificateView(certificate),
      accounts: identities
        .filter(({ address }) => addresses.has(canonicalAddress(address)))
        .map(({ accountName }) => accountName),
      validity: validityAt(certificate, clock.now()),
      trust: path.ok
        ? { ok: true }
        : { ok: false, issuer: authority === null ? null : certificateView(authority) },
    };
  }

  return {
    async view(key: Key, identities: readonly MailIdentity[]): Promise<OwnKeyView> {
      const intermediates = await above(key);
      const path = await pathOf(key, intermediates);
      const authority = path.ok ? null : authorityToTrust(key.certificate, intermediates);
      return viewOf(key, path, authority, identities);
    },

    async preview(
      key: Key,
      identities: readonly MailIdentity[],
    ): Promise<Omit<KeyFilePreview["keys"][number], "known">> {
      const intermediates = await above(key);
      const path = await pathOf(key, intermediates);
      const authority = path.ok ? null : authorityToTrust(key.certificate, intermediates);
      const issuers = path.ok
        ? path.path.slice(1)
        : authoritiesAbove(key.certificate, intermediates);
      return {
        ...viewOf(key, path, authority, identities),
        concerns: concernsAbout(key.certificate, {
          now: clock.now(),
          addresses: identities.map(({ address }) => address),
          path,
          authority,
        }),
        issuers: issuers.map((issuer) => certificateView(issuer).name),
      };
    },
  };
}
