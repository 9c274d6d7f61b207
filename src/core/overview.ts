import type { Group } from "./exchange/group.ts";
import type { PageEnd } from "./exchange/page.ts";
import type { Signal } from "./exchange/signals.ts";
import type { ContactCertificate } from "./ports.ts";
import type { ContactView } from "./protocol.ts";

/**
 * The overview of all contacts: rows that are derived from the facts and kept, so that ten thousand
 * need not be derived whenever somebody looks. `src/storage` implements the stores.
 */

/** A person in one of Thunderbird's address books. */
export interface Card {
  /** Thunderbird's, of the contact and of its book. */
  readonly id: string;
  readonly book: string;
  readonly name: string | null;
  /** Canonical. */
  readonly addresses: readonly string[];
}

/** The copy of the address books. Each call compares, and only what differs makes rows stale. */
export interface CardStore {
  put(cards: readonly Card[]): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  removeBook(book: string): Promise<void>;
  /** Takes the place of all that was there. */
  replaceAll(cards: readonly Card[]): Promise<void>;
  forAddress(address: string): Promise<Card[]>;
}

/** One identity and one contact. Addresses are canonical. */
export interface OverviewRow {
  readonly identity: string;
  readonly contact: string;
  readonly group: Group;
  /** Rows of a group are in the order of this. */
  readonly sort: string;
  /** From then on the row is stale by itself; null for never. */
  readonly until: Date | null;
  /** A certificate of theirs has no trusted path, which a new authority may change. */
  readonly untrusted: boolean;
  readonly view: ContactView;
}

/** A contact whose rows are missing or not to be believed. */
export interface StaleContact {
  readonly contact: string;
  /** Says which change of the facts it is about; null where only time has passed. */
  readonly mark: string | null;
}

export interface ContactFacts {
  readonly contact: string;
  readonly certificates: readonly ContactCertificate[];
  /** Of the identities that were asked for. */
  readonly signals: readonly Signal[];
  readonly cards: readonly Card[];
}

export interface OverviewStore {
  /** Makes everything stale if `basis` is another one than the last time. */
  setBasis(basis: string): Promise<void>;
  /** Something that no store here knows of has changed for this contact. */
  touch(contact: string): Promise<void>;
  stale(now: Date, limit: number): Promise<StaleContact[]>;
  facts(contacts: readonly string[], identities: readonly string[]): Promise<ContactFacts[]>;
  /**
   * The rows of these contacts, derived from facts that were asked for after the marks. A contact
   * whose facts have changed again stays stale.
   */
  put(
    derived: readonly { readonly stale: StaleContact; readonly rows: readonly OverviewRow[] }[],
  ): Promise<void>;
  /** In their order, without stale ones. `end` is null after the last. */
  page(
    identity: string,
    request: { readonly after: PageEnd | null; readonly count: number; readonly now: Date },
  ): Promise<{
    readonly rows: readonly ContactView[];
    readonly end: PageEnd | null;
    /** No row was left out because it has to be derived anew, and no contact waits for a first one. */
    readonly complete: boolean;
  }>;
  /** How many there are of each group, stale ones included. */
  counts(identity: string): Promise<Record<Group, number>>;
  /** Calls back whenever something has become stale by a change of the facts. */
  onStale(listener: () => void): void;
}
