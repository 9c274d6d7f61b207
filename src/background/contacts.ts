import { deriveExchange, type Exchange } from "../core/exchange/state.ts";
import type { CertificateStore, Clock, SignalStore } from "../core/ports.ts";
import type { ContactView } from "../core/protocol.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import { mailIdentities } from "../thunderbird/identities.ts";
import type { Directory } from "./directory.ts";
import { contactView } from "./views.ts";

/** The exchange with each contact, derived anew each time. Addresses are canonical. */
export interface Contacts {
  exchange(identity: string, contact: string): Promise<Exchange>;
  view(identity: string, contact: string): Promise<ContactView>;
  list(): Promise<ContactView[]>;
}

export function contacts(services: {
  readonly directory: Directory;
  readonly certificates: CertificateStore;
  readonly signals: SignalStore;
  readonly clock: Clock;
}): Contacts {
  const { directory, certificates, signals, clock } = services;

  async function exchange(identity: string, contact: string): Promise<Exchange> {
    const [mine, theirs, between] = await Promise.all([
      directory.own(identity),
      directory.candidates(contact, { ask: false }),
      signals.forContact(identity, contact),
    ]);
    return deriveExchange({ mine, theirs, signals: between, now: clock.now() });
  }

  async function view(identity: string, contact: string): Promise<ContactView> {
    const [between, [known]] = await Promise.all([
      exchange(identity, contact),
      certificates.forAddress(contact),
    ]);
    return contactView(between, {
      identity,
      address: contact,
      name: known?.certificate.subject.commonName ?? null,
    });
  }

  /** Whoever a signal or a certificate speaks of; a certificate alone concerns the first identity. */
  async function pairs(): Promise<{ identity: string; contact: string }[]> {
    const identities = (await mailIdentities()).map(({ address }) => canonicalAddress(address));
    const found = new Map<string, { identity: string; contact: string }>();
    const add = (identity: string, contact: string) => {
      if (identity !== contact) {
        found.set(JSON.stringify([identity, contact]), { identity, contact });
      }
    };
    const all = await signals.all();
    for (const { identity, contact } of all) add(identity, contact);
    const [first] = identities;
    const withSignals = new Set(all.map(({ contact }) => contact));
    for (const { address } of await certificates.all()) {
      if (first !== undefined && !withSignals.has(address)) add(first, address);
    }
    return [...found.values()];
  }

  return {
    exchange,
    view,
    async list() {
      return Promise.all((await pairs()).map(({ identity, contact }) => view(identity, contact)));
    },
  };
}
