import type { Signal } from "../core/exchange/signals.ts";
import type { CertificateStore, ContactCertificate, SignalStore } from "../core/ports.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import type { HarvestStores } from "./harvest.ts";

/** What a search has learned, in front of the stores, which are written to now and then only. */
export interface ScanMemory extends HarvestStores {
  /** Writes what is new. @returns how many certificates, and contacts, were not known before */
  flush(): Promise<{ readonly certificates: number; readonly contacts: number }>;
}

export function scanMemory(stores: {
  readonly certificates: CertificateStore;
  readonly signals: SignalStore;
}): ScanMemory {
  const known = new Map<string, Promise<ContactCertificate[]>>();
  const pairs = new Map<string, Promise<Signal[]>>();
  const intermediates = new Set<string>();
  let entries: ContactCertificate[] = [];
  let signals: Signal[] = [];
  let authorities: Certificate[] = [];
  let fresh = { certificates: 0, contacts: 0 };

  const forAddress = (address: string) => {
    const entry = known.get(address) ?? stores.certificates.forAddress(address);
    known.set(address, entry);
    return entry;
  };
  const forContact = (identity: string, contact: string) => {
    const key = JSON.stringify([identity, contact]);
    const pair = pairs.get(key) ?? stores.signals.forContact(identity, contact);
    pairs.set(key, pair);
    return pair;
  };

  return {
    certificates: {
      forAddress,
      async put(entry) {
        const others = await forAddress(entry.address);
        const { fingerprint } = entry.certificate;
        if (!others.some(({ certificate }) => certificate.fingerprint === fingerprint)) {
          if (others.length === 0) fresh.contacts++;
          fresh.certificates++;
          others.push(entry);
        }
        entries.push(entry);
      },
      putIntermediates(certificates) {
        for (const certificate of certificates) {
          if (intermediates.has(certificate.fingerprint)) continue;
          intermediates.add(certificate.fingerprint);
          authorities.push(certificate);
        }
        return Promise.resolve();
      },
    },
    signals: {
      forContact,
      async record(added) {
        for (const signal of added) {
          (await forContact(signal.identity, signal.contact)).push(signal);
          signals.push(signal);
        }
      },
    },
    async flush() {
      const written = { entries, signals, authorities, fresh };
      entries = [];
      signals = [];
      authorities = [];
      fresh = { certificates: 0, contacts: 0 };
      if (written.entries.length > 0) await stores.certificates.putAll(written.entries);
      if (written.authorities.length > 0) {
        await stores.certificates.putIntermediates(written.authorities);
      }
      if (written.signals.length > 0) await stores.signals.record(written.signals);
      return written.fresh;
    },
  };
}
