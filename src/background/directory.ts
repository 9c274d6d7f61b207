import type { CertificateStore, Clock, KeyStore, TrustStore } from "../core/ports.ts";
import {
  selectOwn,
  type CertificateCandidate,
  type OwnSelection,
} from "../core/exchange/select-certificate.ts";
import { builtInAnchors } from "../core/trust/built-in.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { findPath } from "../core/trust/find-path.ts";
import type { TrustAnchor } from "../core/trust/path.ts";

/** Who has which certificate, and whether it is trusted at this moment. */
export interface Directory {
  anchors(): Promise<readonly TrustAnchor[]>;
  /** Certificates that may complete a path: what messages and key files brought. */
  intermediates(): Promise<readonly Certificate[]>;
  own(address: string): Promise<OwnSelection>;
  /** All that is known of a contact, each with its trust as of now. */
  candidates(address: string): Promise<CertificateCandidate[]>;
}

export interface DirectoryStores {
  readonly keys: KeyStore;
  readonly certificates: CertificateStore;
  readonly trust: TrustStore;
}

export function directory(stores: DirectoryStores, clock: Clock): Directory {
  const anchors = async () => [...(await stores.trust.list()), ...(await builtInAnchors())];

  const intermediates = async () => [
    ...(await stores.certificates.intermediates()),
    ...(await stores.keys.list()).flatMap(({ chain }) => chain),
  ];

  return {
    anchors,
    intermediates,
    async own(address) {
      return selectOwn(await stores.keys.list(), address, clock.now());
    },
    async candidates(address) {
      const entries = await stores.certificates.forAddress(address);
      if (entries.length === 0) return [];
      const context = {
        intermediates: await intermediates(),
        anchors: await anchors(),
        at: clock.now(),
        use: "encrypt",
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
