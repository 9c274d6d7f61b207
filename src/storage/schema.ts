import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import type { Signal, SignalKind } from "../core/exchange/signals.ts";
import type { ContactCertificate, ScanRecord, Settings, WaitingKey } from "../core/ports.ts";
import type { Card, OverviewRow } from "../core/overview.ts";
import type { AnchorOrigin } from "../core/trust/path.ts";
import type { SealedKey, VaultRecord } from "./vault-format.ts";

/**
 * Certificates rest as DER and are parsed when read: what the parser makes of them may change from
 * version to version, the encoding does not. No record holds a clear private key.
 */
export interface Schema extends DBSchema {
  keys: {
    key: string;
    value: {
      readonly fingerprint: string;
      readonly certificate: Uint8Array;
      /** Nearest first, without the end entity. */
      readonly chain: readonly Uint8Array[];
      readonly addedAt: Date;
      readonly preferredAt?: Date;
      readonly privateKey: SealedKey;
    };
  };
  /** At most one record. */
  vault: { key: "vault"; value: VaultRecord };
  contactCertificates: {
    key: [address: string, fingerprint: string];
    value: Omit<ContactCertificate, "certificate" | "issuers"> & {
      readonly fingerprint: string;
      readonly certificate: Uint8Array;
      /** Encoded. */
      readonly issuers?: readonly Uint8Array[];
    };
    indexes: { address: string };
  };
  intermediates: { key: string; value: StoredIntermediate };
  anchors: { key: string; value: StoredAnchor };
  signals: {
    key: [kind: SignalKind, identity: string, contact: string, messageId: string];
    value: Signal;
    indexes: { pair: [identity: string, contact: string] };
  };
  /** At most one record, with what differs from the defaults. */
  settings: { key: "settings"; value: Partial<Settings> };
  /** Answers of authorities, each until it is over. */
  revocation: {
    key: string;
    value: { readonly key: string; readonly content: Uint8Array; readonly until: Date };
    indexes: { until: Date };
  };
  /** Fingerprints of Thunderbird's own authorities that the user does not trust. */
  distrusted: { key: string; value: string };
  waiting: { key: string; value: WaitingKey & { readonly privateKey: SealedKey } };
  /** At most one record: how far the search of the user's mail has come. */
  scan: { key: "scan"; value: ScanRecord };
  /** A copy of the people in Thunderbird's address books. */
  cards: {
    key: string;
    value: Card;
    indexes: { address: string; book: string };
  };
  /** What is derived of each identity and contact, for as long as nothing in `stale` speaks against it. */
  rows: {
    key: [identity: string, contact: string];
    value: StoredRow;
    indexes: {
      order: [identity: string, rank: number, sort: string, contact: string];
      contact: string;
      until: number;
      untrusted: string;
    };
  };
  /**
   * The contacts whose rows are not to be believed. Whoever changes a fact writes here in the same
   * transaction.
   */
  stale: { key: string; value: { readonly contact: string; readonly mark: string } };
  /** At most one record: what all rows were derived on, apart from the facts in this database. */
  rowsBasis: { key: "basis"; value: string };
}

export interface StoredRow extends Omit<OverviewRow, "group" | "until" | "untrusted"> {
  readonly rank: number;
  /** Milliseconds; absent for ever. */
  readonly until?: number;
  /** The contact, where a certificate of theirs has no trusted path: an index of only these. */
  readonly untrusted?: string;
}

export interface StoredIntermediate extends StoredCertificate {
  /** When a message brought it last; absent where an earlier version has stored it. */
  readonly seen?: Date;
}

export interface StoredAnchor extends StoredCertificate {
  /** Trusted by itself, not as an authority. */
  readonly alone?: true;
  /** Absent where an earlier version has stored it. */
  readonly origin?: AnchorOrigin;
}

export interface StoredCertificate {
  readonly fingerprint: string;
  readonly certificate: Uint8Array;
}

/** In `stale`, for all contacts together. No address is called so. */
export const EVERYBODY = "*";

type Migration = (
  database: IDBPDatabase<Schema>,
  transaction: IDBPTransaction<Schema, StoreNames<Schema>[], "versionchange">,
) => void;

/**
 * Migration n leads from version n to n + 1. Those that were published are never changed; a new
 * layout is one more at the end.
 */
export const migrations: readonly Migration[] = [
  (database) => {
    database.createObjectStore("keys", { keyPath: "fingerprint" });
    database.createObjectStore("vault");
    database
      .createObjectStore("contactCertificates", { keyPath: ["address", "fingerprint"] })
      .createIndex("address", "address");
    database.createObjectStore("intermediates", { keyPath: "fingerprint" });
    database.createObjectStore("anchors", { keyPath: "fingerprint" });
    database
      .createObjectStore("signals", { keyPath: ["kind", "identity", "contact", "messageId"] })
      .createIndex("pair", ["identity", "contact"]);
    database.createObjectStore("settings");
  },
  (database) => {
    database.createObjectStore("revocation", { keyPath: "key" }).createIndex("until", "until");
  },
  (database) => {
    database.createObjectStore("distrusted");
    database.createObjectStore("scan");
  },
  (database) => {
    const cards = database.createObjectStore("cards", { keyPath: "id" });
    cards.createIndex("address", "addresses", { multiEntry: true });
    cards.createIndex("book", "book");
    const rows = database.createObjectStore("rows", { keyPath: ["identity", "contact"] });
    rows.createIndex("order", ["identity", "rank", "sort", "contact"]);
    rows.createIndex("contact", "contact");
    rows.createIndex("until", "until");
    rows.createIndex("untrusted", "untrusted");
    database.createObjectStore("stale", { keyPath: "contact" });
    database.createObjectStore("rowsBasis");
  },
  (database) => {
    database.createObjectStore("waiting", { keyPath: "id" });
  },
];
