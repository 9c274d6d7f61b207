import type { NewKeyKind } from "./enrolment/new-key.ts";
import type { Signal } from "./exchange/signals.ts";
import type { Capabilities } from "./smime/verdict.ts";
import type { Certificate } from "./trust/certificate.ts";
import type { AnchorOrigin, TrustAnchor } from "./trust/path.ts";

/** What the core needs from the outside. `src/storage` implements the stores. */

export interface Clock {
  now(): Date;
}

/** One private key of the user's with its certificate. The key itself stays in the vault. */
export interface OwnKey {
  readonly certificate: Certificate;
  /** Intermediate certificates that came with it, nearest first. Not the end entity. */
  readonly chain: readonly Certificate[];
  readonly addedAt: Date;
  /** When the user chose it over the others of its address. Absent: never. */
  readonly preferredAt?: Date;
}

export interface KeyStore {
  list(): Promise<OwnKey[]>;
  /**
   * Stores all entries or none. `privateKey` is PKCS#8 PrivateKeyInfo, DER. Adding a key that is
   * already there replaces its chain and changes nothing else.
   * @throws SmimeError vault-locked, vault-absent, storage-failed
   */
  add(entries: readonly (OwnKey & { readonly privateKey: Uint8Array })[]): Promise<void>;
  /** The user's choice of that one for all its addresses. @throws SmimeError not-found */
  prefer(fingerprint: string, at: Date): Promise<void>;
  /** @throws SmimeError not-found */
  remove(fingerprint: string): Promise<void>;
  /**
   * PKCS#8, DER, of the key that belongs to this certificate.
   * @throws SmimeError vault-locked, not-found, vault-damaged
   */
  privateKey(fingerprint: string): Promise<Uint8Array>;
}

/** A key that waits for its certificate. */
export interface WaitingKey {
  /** SHA-256 of the public key, lower-case hex. */
  readonly id: string;
  /** Whom the certificate was asked for. */
  readonly name: string;
  readonly address: string;
  readonly kind: NewKeyKind;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** PKCS#10, DER. */
  readonly request: Uint8Array;
  readonly createdAt: Date;
}

export interface WaitingKeyStore {
  /** Oldest first. */
  list(): Promise<WaitingKey[]>;
  /** `privateKey` is PKCS#8, DER. @throws SmimeError vault-locked, vault-absent */
  add(entry: WaitingKey & { readonly privateKey: Uint8Array }): Promise<void>;
  /** @throws SmimeError vault-locked, not-found, vault-damaged */
  privateKey(id: string): Promise<Uint8Array>;
  /** @throws SmimeError not-found */
  remove(id: string): Promise<void>;
}

export type VaultState = "absent" | "locked" | "unlocked";

export interface Vault {
  state(): Promise<VaultState>;
  /** Leaves the vault unlocked. @throws SmimeError vault-exists, vault-weak-passphrase */
  create(passphrase: string): Promise<void>;
  /** @throws SmimeError vault-absent, vault-wrong-passphrase, vault-damaged */
  unlock(passphrase: string): Promise<void>;
  lock(): Promise<void>;
  /**
   * Locked stays locked, unlocked stays unlocked; after an error the old passphrase still holds.
   * @throws SmimeError vault-absent, vault-wrong-passphrase, vault-weak-passphrase, vault-damaged
   */
  changePassphrase(current: string, next: string): Promise<void>;
  /**
   * For who has forgotten the passphrase: removes the vault and all private keys in it with their
   * certificates, at once or not at all. `losing` are the fingerprints of all of them, as the user
   * has seen them listed.
   * @throws SmimeError vault-absent, bad-request if other keys are there than these
   */
  startAnew(losing: readonly string[]): Promise<void>;
}

/** Where the vault key is while the vault is unlocked: in memory, and gone when Thunderbird exits. */
export interface SessionSecrets {
  /** A copy, which the caller overwrites after use; null while locked. */
  get(): Promise<Uint8Array | null>;
  /** Keeps a copy: the caller overwrites `key`. null forgets. */
  set(key: Uint8Array | null): Promise<void>;
}

/** Somebody else's certificate, and how it came here. */
export interface ContactCertificate {
  /** Canonical form (`canonicalAddress`). A certificate with two addresses is stored under both. */
  readonly address: string;
  readonly certificate: Certificate;
  readonly source: "signature" | "file";
  readonly firstSeen: Date;
  /** The newest signing time of a verified message that carried it; null if from a file. */
  readonly lastSeen: Date | null;
  readonly capabilities: Capabilities | null;
  /** The user has seen it beside the one known before and accepts it. Absent: not asked yet. */
  readonly confirmed?: true;
  /**
   * The authorities above it that came along while nobody vouched for it: with the others of their
   * kind they would let anybody displace those in use.
   */
  readonly issuers?: readonly Certificate[];
}

export interface CertificateStore {
  /** Newest `lastSeen` first. */
  forAddress(address: string): Promise<ContactCertificate[]>;
  /**
   * Adds, or brings `lastSeen`, `capabilities` and `confirmed` forward, never back, and `firstSeen`
   * back. A `lastSeen` in the future counts as none, and the capabilities that came with it are
   * not kept; a `firstSeen` in the future counts as now.
   */
  put(entry: ContactCertificate): Promise<void>;
  /** The same for many, in one transaction. */
  putAll(entries: readonly ContactCertificate[]): Promise<void>;
  all(): Promise<ContactCertificate[]>;
  /** For this address only. @throws SmimeError not-found */
  remove(address: string, fingerprint: string): Promise<void>;
  /** Authority certificates that messages carried, to complete paths. */
  putIntermediates(certificates: readonly Certificate[]): Promise<void>;
  intermediates(): Promise<Certificate[]>;
}

export interface TrustStore {
  /** The user's own anchors; the built-in ones come from the data file. */
  list(): Promise<TrustAnchor[]>;
  /** As an authority unless said otherwise. What was there before under its fingerprint is replaced. */
  add(
    certificate: Certificate,
    kind?: TrustAnchor["kind"],
    origin?: AnchorOrigin | null,
  ): Promise<void>;
  /** @throws SmimeError not-found */
  remove(fingerprint: string): Promise<void>;
  /** The built-in ones that the user does not trust, by fingerprint. */
  distrusted(): Promise<ReadonlySet<string>>;
  setDistrusted(fingerprint: string, distrusted: boolean): Promise<void>;
}

/** How far the search of the user's mail for certificates has come. */
export interface ScanRecord {
  readonly status: "running" | "paused" | "done" | "cancelled";
  /** In the order in which they are searched. */
  readonly folders: readonly ScanFolder[];
  /** Nothing older is looked at; null for no such limit. */
  readonly since: Date | null;
  /** Index of the folder that is being searched. */
  readonly folder: number;
  /** The last message of that folder that is done, in the order of `scanOrder`; null before it. */
  readonly reached: ScanPosition | null;
  readonly counts: ScanCounts;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** Thunderbird's own ids of messages do not survive a restart. */
export interface ScanPosition {
  readonly at: Date;
  readonly messageId: string;
}

export interface ScanFolder {
  /** Thunderbird's id, which survives a restart. */
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly sent: boolean;
  /** How many messages there are to look at; null until that is known. */
  readonly messages: number | null;
}

/** Of messages, apart from the last two. */
export interface ScanCounts {
  readonly seen: number;
  readonly signed: number;
  readonly encrypted: number;
  /** Encrypted ones that stayed closed because the vault was locked. */
  readonly locked: number;
  /** Those that could not be read. */
  readonly failed: number;
  readonly certificates: number;
  readonly contacts: number;
}

export interface ScanStore {
  get(): Promise<ScanRecord | null>;
  set(record: ScanRecord | null): Promise<void>;
}

export interface SignalStore {
  /** Recording the same fact twice (kind, identity, contact, message id) changes nothing. */
  record(signals: readonly Signal[]): Promise<void>;
  forContact(identity: string, contact: string): Promise<Signal[]>;
  all(): Promise<Signal[]>;
}

/** What the add-on remembers of the user's wishes. */
export interface Settings {
  /** Minutes without use after which the vault locks; 0 means only at exit. */
  readonly lockAfterMinutes: number;
  /** What happens to a draft without an explicit choice, per exchange.md. */
  readonly defaultProtection: "encrypt-when-ready" | "sign" | "none";
  /** When a message opens that Thunderbird leaves no place for; the integrated build has none such. */
  readonly openEncrypted: "on-click" | "automatically";
  /**
   * Drafts and templates of senders with a certificate rest encrypted. Those that answer an
   * encrypted message always do.
   */
  readonly encryptDrafts: boolean;
  /** Encrypted messages that are read are kept in a local folder without their encryption. */
  readonly localCopies: boolean;
  /**
   * Whether issuers are asked if a certificate is still good. `off`: only what messages bring is
   * looked at. `online`: asked, and no answer does no harm. `strict`: no answer counts as no.
   */
  readonly revocation: "off" | "online" | "strict";
  /** Where an identity differs from `defaultProtection`, by its canonical address. */
  readonly protectionOf: Readonly<Record<string, Settings["defaultProtection"]>>;
  /** Signed messages, unless they are encrypted, carry the text inside the signature. */
  readonly opaqueSignatures: "never" | "listed" | "always";
  /** Canonical addresses of those who get them so where that is `listed`. */
  readonly opaqueFor: readonly string[];
  /** Text that is signed or encrypted is not put into 7 bits. */
  readonly eightBit: boolean;
}

export interface SettingsStore {
  get(): Promise<Settings>;
  set(change: Partial<Settings>): Promise<void>;
  /** What the user has set, whatever the defaults are. */
  changed(): Promise<Partial<Settings>>;
  /** Sets what the user has not set here; of the rest nothing, and nothing that is not understood. */
  adopt(wishes: Partial<Settings>): Promise<void>;
}

/** Answers of authorities about revocation, so that they are asked rarely. */
export interface RevocationCache {
  /** null where nothing is kept that holds at this time. */
  get(key: string, at: Date): Promise<Uint8Array | null>;
  put(key: string, content: Uint8Array, until: Date): Promise<void>;
}

/**
 * One request to an address from a certificate: POST of an OCSP request, or GET. null for whatever
 * is no answer, longer than `maxOctets`, or not to be asked. Never throws.
 */
export type RevocationTransport = (request: {
  readonly url: string;
  readonly body: Uint8Array | null;
  readonly maxOctets: number;
}) => Promise<Uint8Array | null>;
