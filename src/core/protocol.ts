import type { BackupRequests } from "./backup-protocol.ts";
import type { EnrolmentRequests } from "./enrolment-protocol.ts";
import type { ErrorCode } from "./errors.ts";
import type { Group } from "./exchange/group.ts";
import type { PageEnd } from "./exchange/page.ts";
import type { Attention, ExchangeState, NextAction } from "./exchange/state.ts";
import type { NotReady, Plan, ProtectionChoice } from "./exchange/plan.ts";
import type { Concern } from "./pkcs12/check.ts";
import type { Settings, VaultState } from "./ports.ts";
import type {
  EncryptionReason,
  MessageHeader,
  Protection,
  SignatureReason,
  SignatureVerdict,
} from "./smime/verdict.ts";
import type { PeopleRequests } from "./people-protocol.ts";
import type { ScanRequests } from "./scan-protocol.ts";
import type { TrustRequests } from "./trust-protocol.ts";
import type { PathReason } from "./trust/path.ts";

export type { Group, PageEnd };

/**
 * What pages and the script in the message may ask of the background. Requests and answers are
 * plain, cloneable values; no private key, passphrase-derived key or other message's text is ever
 * in an answer.
 */

/** A reply as it travels: causes and stacks stay in the background. */
export type Reply<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: ErrorCode };

/**
 * A protocol maps a request's name to its argument and its answer. A constraint on itself, not an
 * index signature: that would make every string a request's name.
 */
export type Protocol<P> = {
  readonly [N in keyof P]: { readonly request: unknown; readonly response: unknown };
};

/** A certificate as pages show it, with addresses as `shownAddress`. Dates are ISO 8601. */
export interface CertificateView {
  readonly fingerprint: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly uses: readonly ("sign" | "encrypt")[];
  /** "RSA 2048", "EC P-256", "Ed25519". */
  readonly key: string;
  /** A mail user's that nobody else vouches for. */
  readonly selfSigned?: true;
}

export interface OwnKeyView extends CertificateView {
  /** Names of the Thunderbird identities whose address is in the certificate. */
  readonly accounts: readonly string[];
  /** Their addresses, canonical, each with what the certificate is in use for at the moment. */
  readonly identities: readonly {
    readonly address: string;
    readonly inUseFor: readonly ("sign" | "encrypt")[];
  }[];
  /** Whole days until the end of one that is in use, where that is near; else null. */
  readonly endsInDays: number | null;
  readonly validity: "valid" | "expired" | "not-yet-valid";
  /** The path's end: trusted, or the authority that could be trusted to complete it. */
  readonly trust:
    { readonly ok: true } | { readonly ok: false; readonly issuer: CertificateView | null };
}

/** What a key file would bring. Nothing of it is stored yet. */
export interface KeyFilePreview {
  readonly keys: readonly (OwnKeyView & {
    readonly concerns: readonly Concern[];
    /** Names of the authorities above it, nearest first, as far as they are at hand. */
    readonly issuers: readonly string[];
    /** It is here already, with its key. */
    readonly known: boolean;
  })[];
}

export type Saved =
  | { readonly outcome: "saved"; readonly path: string }
  /** By the user, before or when asked for the place. */
  | { readonly outcome: "cancelled" };

export interface ImportSummary {
  readonly added: readonly OwnKeyView[];
}

export interface IdentityView {
  /** Thunderbird's identity id. */
  readonly id: string;
  readonly address: string;
  /** The address as settings name it. */
  readonly canonical: string;
  readonly name: string;
  readonly ready: boolean;
}

export interface ContactView {
  /** Canonical. */
  readonly address: string;
  /** For people to read: the domain in its own script where that deceives nobody. */
  readonly shownAddress: string;
  readonly name: string | null;
  readonly identity: string;
  readonly state: ExchangeState;
  readonly attention: readonly Attention[];
  readonly next: NextAction;
  readonly group: Group;
  /** When each step happened, ISO 8601. */
  readonly evidence: {
    readonly sent: string | null;
    readonly received: string | null;
    readonly encrypted: string | null;
    /** A signed answer to a signed message. */
    readonly replied: string | null;
  };
  /** What the attention `expiring` or `expired` is about. */
  readonly ends: { readonly whose: "mine" | "theirs"; readonly at: string } | null;
}

/** A part of the contacts of one identity, in the order of their groups and names. */
export interface ContactPage {
  /** Whose contacts these are; null where there is no identity at all. */
  readonly identity: string | null;
  readonly identities: readonly (IdentityView & {
    /** With how many contacts something is to be done. */
    readonly todo: number;
  })[];
  readonly contacts: readonly ContactView[];
  readonly counts: Readonly<Record<Group, number>>;
  /** For the next page; null after the last. */
  readonly end: PageEnd | null;
  /** Some are still being looked at and missing here. */
  readonly pending: boolean;
}

/** What the user has to decide about a contact's certificates. */
export interface CertificateQuestionView {
  /** The one known before, to compare with; null where there is none. */
  readonly known: CertificateView | null;
  /** Trusted, but with another key than before. Not used until the user has confirmed it. */
  readonly changed: readonly CertificateView[];
  /** Nobody trusted vouches for these; `authority` could, if the user trusted it. */
  readonly untrusted: readonly {
    readonly certificate: CertificateView;
    readonly authority: CertificateView | null;
  }[];
}

export interface DraftView {
  readonly identity: IdentityView | null;
  readonly choice: ProtectionChoice;
  readonly plan: Pick<Plan, "kind"> & { readonly why: Plan["why"] };
  /** Less than encryption takes the quoted text out. */
  readonly answersEncrypted: boolean;
  /** Otherwise Thunderbird saves drafts unencrypted, also of a message that is to be encrypted. */
  readonly sealsDrafts: boolean;
  readonly recipients: readonly {
    readonly address: string;
    /** For people to read: the domain in its own script where that deceives nobody. */
    readonly shownAddress: string;
    readonly field: "to" | "cc" | "bcc";
    readonly state: ExchangeState;
    readonly ready: boolean;
    readonly notReady: NotReady | null;
  }[];
  readonly vault: VaultState;
}

/** The status of a displayed message, for the button, the panel and the banner. */
export interface MessageStatus {
  readonly protection: Protection;
  readonly signature: {
    readonly verdict: SignatureVerdict["verdict"];
    readonly reason: SignatureReason | null;
    readonly pathReason: PathReason | null;
    readonly signer: CertificateView | null;
    readonly algorithm: string | null;
    readonly signedAt: string | null;
    /** The authority certificate that would complete the path if the user trusted it. */
    readonly authority: CertificateView | null;
  };
  readonly encryption: {
    readonly verdict: "decrypted" | "no-key" | "failed" | "unsupported" | "none" | "locked";
    readonly reason: EncryptionReason | null;
    readonly cipher: string | null;
    readonly authenticated: boolean;
  };
  /** For people to read, as `shownAddress`. */
  readonly from: string;
  /** What is protected and reads otherwise outside, where Thunderbird takes its header pane from. */
  readonly headers: readonly HeaderDifference[];
  /** How far the subject is protected; null for a message without one. */
  readonly subject: MessageHeader["protection"] | null;
  /** The sender named inside, where it is another one than outside; else null. */
  readonly innerFrom: string | null;
  /** The exchange with the sender after this message; null for one's own messages. */
  readonly exchange: ContactView | null;
}

/** A certificate of a signer's path. */
export interface PathCertificateView extends CertificateView {
  /** The check of the path stopped at this one. */
  readonly failed: boolean;
  /** null where nobody is asked about it, as about the trusted one at the end. */
  readonly revocation: "good" | "revoked" | "unknown" | "not-asked" | null;
}

/** What the panel of a message shows on demand. */
export interface MessageDetails {
  /** Signer first, up to the trusted one, or as far as certificates are at hand. */
  readonly path: readonly PathCertificateView[];
  /** Who vouches at the end: Thunderbird's list, the user, or the user for this one certificate. */
  readonly trustedBy: "built-in" | "user" | "certificate" | null;
  readonly coversWholeMessage: boolean;
  /** The time for which the certificates were checked, ISO 8601. */
  readonly checkedAt: string | null;
  readonly signerAtSigning: "valid" | "expired" | "not-yet-valid" | null;
  /** What the message's Date field says, the protected one where there is one, ISO 8601. */
  readonly writtenAt: string | null;
  /** "rsaes-oaep", "ecdh-p256" … */
  readonly keyManagement: readonly string[];
  readonly weakCipher: boolean;
  readonly decryptedWith: CertificateView | null;
  readonly protectedHeaders: readonly (Pick<MessageHeader, "name" | "value" | "outer"> & {
    readonly protection: "signed" | "confidential";
  })[];
  /** Whether the sender's certificate is among the contacts'; null where there is none to keep. */
  readonly kept: boolean | null;
}

/** `details` are null for a message without S/MIME, and for one that is locked. */
export interface MessagePanel {
  readonly status: MessageStatus;
  readonly details: MessageDetails | null;
}

export interface HeaderDifference {
  /** "Subject", "To" … */
  readonly name: string;
  readonly value: string;
  readonly outer: string | null;
  /** The author hid it on purpose; else somebody has changed it on the way. */
  readonly confidential: boolean;
}

export interface AttachmentView {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
}

/** Asks the user before something that is under way can go on. */
export type PromptView =
  /** A refusal to send. The reason is text of the locale and may have several lines. */
  | { readonly kind: "not-sent"; readonly reason: string }
  /** Encryption would show these Bcc recipients to the others. `alone`: there are no others. */
  | {
      readonly kind: "bcc";
      readonly addresses: readonly string[];
      readonly alone: boolean;
      readonly mayBeSigned: boolean;
    }
  /** `blocked`: it does not leave like this. `weaker`: with less than its window has shown. */
  | { readonly kind: "send"; readonly tabId: number; readonly why: "blocked" | "weaker" }
  /** The message came into the Outbox before, and its window was changed since then. */
  | { readonly kind: "handed-over"; readonly where: "outbox" | "left" }
  /** Thunderbird is about to ask whether to send what is in the Outbox. */
  | { readonly kind: "outbox" }
  /**
   * A sealed draft where Thunderbird saves drafts as they are: to be opened all the same? It can
   * only be where it is `known`.
   */
  | { readonly kind: "sealed-draft"; readonly known: boolean }
  /** An attachment that only another program can open. Opening a file needs a click in a page. */
  | { readonly kind: "saved"; readonly name: string; readonly downloadId: number }
  | { readonly kind: "unlock"; readonly purpose: "send" | "read" | "manage" };

/**
 * `always`: done, and the same need not be said again. `again`: sent once more. What becomes of Bcc recipients: `show` them
 * to everybody, `leave-out`, or sent `signed` only.
 */
export type PromptAnswer =
  "done" | "always" | "again" | "dismissed" | "show" | "leave-out" | "signed";

export interface WorkProgress {
  /** From 0 to 1. */
  readonly share: number;
  readonly mayEnd: boolean;
}

export interface PageProtocol
  extends BackupRequests, EnrolmentRequests, PeopleRequests, ScanRequests, TrustRequests {
  "vault.state": { request: null; response: VaultState };
  "vault.create": { request: { passphrase: string }; response: null };
  "vault.unlock": { request: { passphrase: string }; response: null };
  "vault.lock": { request: null; response: null };
  /** Locked stays locked. */
  "vault.changePassphrase": { request: { current: string; next: string }; response: null };
  /**
   * Removes the vault with all private keys. `losing`: fingerprints of all own certificates, as
   * the user has just been shown them; with others nothing happens.
   */
  "vault.startAnew": { request: { losing: readonly string[] }; response: null };

  "settings.get": { request: null; response: Settings };
  /** null where every message is shown in its place. */
  "settings.openEncrypted": { request: null; response: Settings["openEncrypted"] | null };
  "settings.set": { request: Partial<Settings>; response: null };

  "keys.list": { request: null; response: readonly OwnKeyView[] };
  "keys.preview": { request: { file: Uint8Array; password: string }; response: KeyFilePreview };
  "keys.import": { request: { file: Uint8Array; password: string }; response: ImportSummary };
  /** From now on it is the one of its addresses. */
  "keys.prefer": { request: { fingerprint: string }; response: null };
  /**
   * A key file with these, saved. Work that takes seconds, named by `work`.
   * @throws SmimeError vault-locked, vault-weak-passphrase for a password that is too short
   */
  "keys.export": {
    request: { fingerprints: readonly string[]; password: string; work: string };
    response: Saved;
  };
  "keys.remove": { request: { fingerprint: string }; response: null };

  /** Those who hold a certificate of mine that another one has replaced since. */
  "keys.outdated": {
    request: null;
    response: readonly Pick<ContactView, "identity" | "address" | "name">[];
  };
  /** null where no long work of that name is under way. */
  "work.progress": { request: { work: string }; response: WorkProgress | null };
  /** Does nothing where it may not be ended (any more). */
  "work.cancel": { request: { work: string }; response: null };

  "identities.list": { request: null; response: readonly IdentityView[] };
  /** `identity` null: the one of the account in front, or else the first that is ready. */
  "contacts.page": {
    request: { identity: string | null; after: PageEnd | null; count: number };
    response: ContactPage;
  };
  "contacts.question": { request: { address: string }; response: CertificateQuestionView };
  /** The user has compared a changed key with the known one and takes it for theirs. */
  "contacts.confirmKey": { request: { address: string; fingerprint: string }; response: null };
  /** Opens a draft that starts or goes on with the exchange. `identity` and `to` are addresses. */
  "exchange.compose": {
    request: {
      identity: string | null;
      to: string | null;
      subject: string;
      body: string;
      /** The least that is right for it, where the settings would give less. */
      protection: "signed" | "encrypted";
    };
    response: null;
  };

  "draft.describe": { request: { tabId: number }; response: DraftView };
  "draft.choose": { request: { tabId: number; choice: ProtectionChoice }; response: DraftView };
  /** Takes everybody out of the window who cannot be encrypted to, unless nobody would be left. */
  "draft.leaveOut": {
    request: { tabId: number };
    response: { leftOut: readonly string[]; draft: DraftView };
  };
  /**
   * Looks in the address books, then reads mail of those who cannot be encrypted to; `found` are
   * those who now can be, null where the user has ended that. Work that takes seconds, named by `work`.
   */
  "draft.lookForCertificates": {
    request: { tabId: number; work: string };
    response: { found: readonly string[] | null; draft: DraftView };
  };

  "message.describe": { request: { tabId: number }; response: MessagePanel };
  /** Forgets the cached result and reads the message again, e.g. after unlocking. */
  "message.refresh": { request: { tabId: number }; response: MessagePanel };
  /** Puts the sender's certificate among the contacts', as reading the message does. */
  "message.keepCertificate": { request: { tabId: number }; response: MessagePanel };

  /** `windowId` is the window of the page that asks: closing it dismisses the prompt. */
  "prompt.describe": { request: { id: string; windowId: number | null }; response: PromptView };
  /** The prompt's window answers and closes itself. */
  "prompt.answer": { request: { id: string; answer: PromptAnswer }; response: null };
}

/** What the script in a message gets to draw. */
export interface DisplayView {
  /** The message that this is about: a script draws nothing of another one than it had first. */
  readonly message: number;
  readonly status: MessageStatus;
  /** Only for messages that the add-on decrypted or unwrapped (opaque signatures). */
  readonly body: DisplayBody | null;
  /** What is only signed, Thunderbird shows by itself; version 140 does not where it is opaque. */
  readonly decrypted: boolean;
}

export interface DisplayBody {
  /** As the sender wrote it: the script sanitises it before it touches the document. */
  readonly html: string | null;
  readonly text: string | null;
  readonly attachments: readonly AttachmentView[];
  /** Content-ID (without brackets) to data: URL, images only. */
  readonly inlineImages: Readonly<Record<string, string>>;
}

/**
 * The background takes the message from the sender's tab. `message` is the one that the script knows
 * its document to be of, null before the first answer: nothing else is asked for with it, but a
 * request that comes when the tab already shows another message is refused.
 * @throws SmimeError not-found
 */
export interface DisplayProtocol {
  "display.view": { request: { message: number | null }; response: DisplayView };
  /** null where the user said no before and this is not asked for by a click. */
  "display.unlock": {
    request: { message: number; automatic: boolean };
    response: DisplayView | null;
  };
  "display.saveAttachment": { request: { message: number; index: number }; response: null };
  "display.openAttachment": { request: { message: number; index: number }; response: null };
}
