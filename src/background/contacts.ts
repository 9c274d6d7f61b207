import { deriveExchange, type Exchange } from "../core/exchange/state.ts";
import type { Card, CardStore } from "../core/overview.ts";
import type { CertificateStore, Clock, ContactCertificate, SignalStore } from "../core/ports.ts";
import type { ContactView } from "../core/protocol.ts";
import type { Directory } from "./directory.ts";
import { contactView } from "./views.ts";

/** The exchange with each contact, derived anew each time. Addresses are canonical. */
export interface Contacts {
  exchange(identity: string, contact: string): Promise<Exchange>;
  view(identity: string, contact: string): Promise<ContactView>;
}

export function contacts(services: {
  readonly directory: Directory;
  readonly certificates: CertificateStore;
  readonly signals: SignalStore;
  readonly cards: CardStore;
  readonly clock: Clock;
}): Contacts {
  const { directory, certificates, signals, cards, clock } = services;

  async function exchange(identity: string, contact: string): Promise<Exchange> {
    const [mine, theirs, between] = await Promise.all([
      directory.own(identity),
      directory.candidates(contact, { ask: false }),
      signals.forContact(identity, contact),
    ]);
    return deriveExchange({ mine, theirs, signals: between, now: clock.now() });
  }

  async function view(identity: string, contact: string): Promise<ContactView> {
    const [between, [known], [card]] = await Promise.all([
      exchange(identity, contact),
      certificates.forAddress(contact),
      cards.forAddress(contact),
    ]);
    return contactView(between, {
      identity,
      address: contact,
      name: contactName(card, known),
    });
  }

  return { exchange, view };
}

/** As the user has written it into an address book, else as the certificate says. */
export function contactName(
  card: Card | undefined,
  known: ContactCertificate | undefined,
): string | null {
  return card?.name ?? known?.certificate.subject.commonName ?? null;
}
