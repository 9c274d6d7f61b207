import { RENEWAL_PERIOD } from "../core/exchange/periods.ts";
import { selectOwn } from "../core/exchange/select-certificate.ts";
import { concernsAbout } from "../core/pkcs12/check.ts";
import type { OwnKey } from "../core/ports.ts";
import type { KeyFilePreview, OwnKeyView } from "../core/protocol.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { authorityToTrust, findPath } from "../core/trust/find-path.ts";
import { authoritiesAbove } from "../core/trust/issuers.ts";
import { mailUses, validityAt } from "../core/trust/uses.ts";
import type { MailIdentity } from "../thunderbird/identities.ts";
import type { Services } from "./services.ts";
import { certificateView } from "./views.ts";

const DAY = 24 * 60 * 60 * 1000;

type Key = Pick<OwnKey, "certificate" | "chain">;

/** Own certificates, stored or about to be, as pages get them. */
export function ownKeyViews({ directory, clock }: Pick<Services, "directory" | "clock">) {
  async function lookAt({ certificate, chain }: Key) {
    const intermediates = [...chain, ...(await directory.intermediates())];
    const path = await findPath(certificate, {
      intermediates,
      anchors: await directory.anchors(),
      at: clock.now(),
      use: mailUses(certificate).has("sign") ? "sign" : "encrypt",
    });
    const authority = path.ok ? null : authorityToTrust(certificate, intermediates);
    const issuers = path.ok ? path.path.slice(1) : authoritiesAbove(certificate, intermediates);
    return { path, authority, issuers };
  }

  async function view(
    key: Key,
    all: readonly OwnKey[],
    identities: readonly MailIdentity[],
  ): Promise<OwnKeyView> {
    const { certificate } = key;
    const { path, authority } = await lookAt(key);
    const named = new Set(certificate.addresses.map(canonicalAddress));
    const here = identities.filter(({ address }) => named.has(canonicalAddress(address)));
    const addresses = [...new Set(here.map(({ address }) => canonicalAddress(address)))];
    const used = addresses.map((address) => ({
      address,
      inUseFor: usesOf(certificate, all, address),
    }));
    const left = certificate.notAfter.getTime() - clock.now().getTime();
    const inUse = used.some(({ inUseFor }) => inUseFor.length > 0);
    return {
      ...certificateView(certificate),
      accounts: here.map(({ accountName }) => accountName),
      identities: used,
      endsInDays: inUse && left <= RENEWAL_PERIOD ? Math.floor(left / DAY) : null,
      validity: validityAt(certificate, clock.now()),
      trust: path.ok
        ? { ok: true }
        : { ok: false, issuer: authority === null ? null : certificateView(authority) },
    };
  }

  function usesOf(
    { fingerprint }: Certificate,
    all: readonly OwnKey[],
    address: string,
  ): ("sign" | "encrypt")[] {
    const { signing, encryption } = selectOwn(all, address, clock.now());
    const isIt = (own: OwnKey | null) => own?.certificate.fingerprint === fingerprint;
    return [
      ...(isIt(signing) ? (["sign"] as const) : []),
      ...(isIt(encryption) ? (["encrypt"] as const) : []),
    ];
  }

  return {
    /** Of keys that are stored. */
    views: (all: readonly OwnKey[], identities: readonly MailIdentity[]) =>
      Promise.all(all.map((key) => view(key, all, identities))),

    /** Of one that is not stored yet, without regard to those that are. */
    async preview(
      key: Key,
      identities: readonly MailIdentity[],
    ): Promise<Omit<KeyFilePreview["keys"][number], "known">> {
      const { path, authority, issuers } = await lookAt(key);
      return {
        ...(await view(key, [], identities)),
        concerns: concernsAbout(key.certificate, {
          now: clock.now(),
          addresses: identities.map(({ address }) => address),
          path,
          authority,
        }),
        issuers: issuers.map((issuer) => certificateView(issuer).name),
      };
    },

    /** Authorities that are at hand above a certificate that came without. */
    above: async (certificate: Certificate) =>
      authoritiesAbove(certificate, await directory.intermediates()),
  };
}
