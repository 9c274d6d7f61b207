import type {
  CertificateStore,
  Clock,
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
   * unasked, for lists of everybody.
   */
  candidates(
    address: string,
    options?: { readonly ask?: boolean },
  ): Promise<CertificateCandidate[]>;
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
  lookUp: RevocationLookup,
): Directory {
  const anchors = async () => (await Promise.all([stores.trust.list(), builtInAnchors()])).flat();

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

  return {
    anchors,
    intermediates,
    revocation,
    async own(address) {
      return selectOwn(await stores.keys.list(), address, clock.now());
    },
    async candidates(address, { ask = true } = {}) {
      const entries = await stores.certificates.forAddress(address);
      if (entries.length === 0) return [];
      const [known, trusted, asking] = await Promise.all([
        intermediates(),
        anchors(),
        ask ? revocation() : NOT_ASKING,
      ]);
      const context = {
        intermediates: known,
        anchors: trusted,
        at: clock.now(),
        use: "encrypt",
        revocation: asking,
      } as const;
      return Promise.all(
        entries.map(async (entry) => ({
          entry,
          path: await findPath(entry.certificate, context),
        })),
      );
    },
  };
}
