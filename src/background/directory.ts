import type {
  CertificateStore,
  Clock,
  ContactCertificate,
  KeyStore,
  SettingsStore,
  TrustStore,
} from "../core/ports.ts";
import type { CertificateCandidate } from "../core/exchange/candidate.ts";
import { selectOwn, type OwnSelection } from "../core/exchange/select-certificate.ts";
import { builtInAnchors } from "../core/trust/built-in.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { findPath } from "../core/trust/find-path.ts";
import type { TrustAnchor } from "../core/trust/path.ts";
import type { RevocationInput, RevocationLookup } from "../core/trust/revocation.ts";

const NOT_ASKING: RevocationInput = { crls: [], ocspResponses: [], mode: "given" };

/** Who has which certificate, and whether it is trusted at this moment. */
export interface Directory {
  anchors(): Promise<readonly TrustAnchor[]>;
  /** Certificates that may complete a path: what messages and key files brought. */
  intermediates(): Promise<readonly Certificate[]>;
  own(address: string): Promise<OwnSelection>;
  /**
   * All that is known of a contact, each with its trust as of now. `ask: false` leaves issuers
   * unasked, for lists of everybody: then what they have answered before counts.
   */
  candidates(
    address: string,
    options?: { readonly ask?: boolean },
  ): Promise<CertificateCandidate[]>;
  /** The same for certificates of many contacts that are at hand, without asking. */
  judge(contacts: readonly (readonly ContactCertificate[])[]): Promise<CertificateCandidate[][]>;
  /** What the user wants to be known of revocation. */
  revocation(): Promise<RevocationInput>;
}

export interface DirectoryStores {
  readonly keys: KeyStore;
  readonly certificates: CertificateStore;
  readonly trust: TrustStore;
  readonly settings: SettingsStore;
}

export function directory(
  stores: DirectoryStores,
  clock: Clock,
  {
    lookUp,
    known,
    onRevoked,
  }: {
    readonly lookUp: RevocationLookup;
    /** The same out of what has been answered before, without asking anybody. */
    readonly known: RevocationLookup;
    /** Told once for each certificate that turns out to be revoked when its issuer is asked. */
    readonly onRevoked: (entry: ContactCertificate) => void;
  },
): Directory {
  const revoked = new Set<string>();

  const anchors = async () => {
    const [own, builtIn, distrusted] = await Promise.all([
      stores.trust.list(),
      builtInAnchors(),
      stores.trust.distrusted(),
    ]);
    return [
      ...own,
      ...builtIn.filter(({ certificate }) => !distrusted.has(certificate.fingerprint)),
    ];
  };

  const intermediates = async () => {
    const [known, own] = await Promise.all([
      stores.certificates.intermediates(),
      stores.keys.list(),
    ]);
    return [...known, ...own.flatMap(({ chain }) => chain)];
  };

  async function revocation(): Promise<RevocationInput> {
    const { revocation: wanted } = await stores.settings.get();
    return wanted === "off"
      ? NOT_ASKING
      : { ...NOT_ASKING, mode: wanted === "strict" ? "strict" : "given", lookUp };
  }

  async function answered(): Promise<RevocationInput> {
    const { revocation: wanted } = await stores.settings.get();
    return wanted === "off" ? NOT_ASKING : { ...NOT_ASKING, lookUp: known };
  }

  async function judge(
    contacts: readonly (readonly ContactCertificate[])[],
    ask: boolean,
  ): Promise<CertificateCandidate[][]> {
    if (contacts.every((entries) => entries.length === 0)) return contacts.map(() => []);
    const [others, trusted, asking] = await Promise.all([
      intermediates(),
      anchors(),
      ask ? revocation() : answered(),
    ]);
    const context = {
      intermediates: others,
      anchors: trusted,
      at: clock.now(),
      use: "encrypt",
      revocation: asking,
    } as const;
    const judgeOne = async (entry: ContactCertificate) => ({
      entry,
      path: await findPath(entry.certificate, {
        ...context,
        ...(entry.issuers === undefined ? {} : { intermediates: [...others, ...entry.issuers] }),
      }),
    });
    return Promise.all(contacts.map((entries) => Promise.all(entries.map(judgeOne))));
  }

  return {
    anchors,
    intermediates,
    revocation,
    async own(address) {
      return selectOwn(await stores.keys.list(), address, clock.now());
    },
    async candidates(address, { ask = true } = {}) {
      const [candidates = []] = await judge([await stores.certificates.forAddress(address)], ask);
      for (const { entry, path } of ask ? candidates : []) {
        const { fingerprint } = entry.certificate;
        if (path.ok || path.reason !== "revoked" || revoked.has(fingerprint)) continue;
        revoked.add(fingerprint);
        onRevoked(entry);
      }
      return candidates;
    },
    judge: (contacts) => judge(contacts, false),
  };
}
