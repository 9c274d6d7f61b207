import type { Signal } from "../core/exchange/signals.ts";
import { fromAddress } from "../core/mime/from-address.ts";
import { readEntity } from "../core/mime/entity.ts";
import type { HeaderField } from "../core/mime/header-fields.ts";
import { referencesIn } from "../core/mime/references.ts";
import type { CertificateStore, SignalStore } from "../core/ports.ts";
import type { OpenedMessage } from "../core/smime/verdict.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { usefulAuthorities } from "../core/trust/issuers.ts";
import { mailUses } from "../core/trust/uses.ts";
import { knownIdentities, type MailIdentity } from "../thunderbird/identities.ts";
import type { MessageHeader } from "../thunderbird/messages.ts";
import { receivingIdentity } from "./identity.ts";

/** Of an untrusted certificate: real ones have one or two. */
const MOST_ISSUERS = 4;

/** What of Thunderbird's header is needed to know who wrote to whom, and when. */
export type Envelope = Pick<
  MessageHeader,
  "recipients" | "ccList" | "bccList" | "folder" | "headerMessageId" | "date"
>;

export interface Correspondence {
  /** Both canonical. */
  readonly identity: string;
  readonly contact: string;
}

/**
 * Whom a message is from and which of my addresses it is for. null where these are the same: my own
 * copies. Another of my addresses is a contact like any other.
 */
export async function correspondence(
  header: Envelope,
  raw: Uint8Array,
  identities?: readonly MailIdentity[],
): Promise<Correspondence | null> {
  const from = fromAddress(raw);
  if (from === null) return null;
  const contact = canonicalAddress(from);
  const received = receivingIdentity(
    identities ?? (await knownIdentities()),
    header.folder?.accountId ?? null,
    recipientsOf(header),
  );
  if (received === null) return null;
  const identity = canonicalAddress(received.address);
  return identity === contact ? null : { identity, contact };
}

/** Where what was learned goes. */
export interface HarvestStores {
  readonly certificates: Pick<CertificateStore, "forAddress" | "put" | "putIntermediates">;
  readonly signals: Pick<SignalStore, "forContact" | "record">;
  /** The user's identities, where they are known already. */
  readonly identities?: readonly MailIdentity[];
}

/** Addresses, as they are written. */
export function recipientsOf({ recipients, ccList, bccList }: Envelope): string[] {
  return [...recipients, ...ccList, ...bccList].map(
    (mailbox) => /<([^<>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox.trim(),
  );
}

/**
 * Takes from a message what it proves: the sender's certificate, and the signals of the exchange.
 * Only signatures whose bytes verified for the From address count. An untrusted certificate is kept
 * too, so that trusting its issuer later is enough; it is not used until then.
 */
export async function harvest(
  message: {
    readonly header: Envelope;
    readonly raw: Uint8Array;
    /** null for a message without S/MIME. */
    readonly opened: OpenedMessage | null;
  },
  stores: HarvestStores,
): Promise<void> {
  const { header, raw, opened } = message;
  const pair = await correspondence(header, raw, stores.identities);
  if (pair === null) return;
  const fact = { ...pair, messageId: header.headerMessageId, at: new Date(header.date) };

  if (opened === null) {
    // Strangers who never sign are none of the exchange's business.
    if ((await stores.certificates.forAddress(pair.contact)).length === 0) return;
    await stores.signals.record([{ ...fact, kind: "received-unsigned" }]);
    return;
  }

  const { signature, encryption } = opened;
  if (signature.verdict !== "valid" && signature.verdict !== "untrusted") return;
  if (signature.signer === null || !names(signature.signer, pair.contact)) return;
  if (signature.verdict === "untrusted") {
    await keepForLater(pair.contact, opened, fact.at, stores.certificates);
    return;
  }
  const at = signature.signedAt ?? fact.at;
  const signals: Signal[] = [];

  const certificate = encryptionCertificate(opened, pair.contact);
  if (certificate !== null) {
    await stores.certificates.put({
      address: pair.contact,
      certificate,
      source: "signature",
      firstSeen: at,
      lastSeen: at,
      capabilities: opened.capabilities,
    });
    await stores.certificates.putIntermediates(usefulAuthorities(certificate, opened.certificates));
    signals.push({ ...fact, at, kind: "received-signed", certificate: certificate.fingerprint });
  }
  if (encryption.verdict === "decrypted" && opened.decryptedWith !== null) {
    const { fingerprint } = opened.decryptedWith;
    signals.push({ ...fact, at, kind: "received-encrypted", certificate: fingerprint });
  }
  // The header as it is protected, where it is (RFC 9788, section 4.6).
  const answered = await answeredMessage(
    opened.rendered?.fields ?? readEntity(raw).fields,
    pair,
    stores.signals,
  );
  if (answered !== null) signals.push({ ...fact, at, kind: "received-reply", answers: answered });
  await stores.signals.record(signals);
}

/**
 * Nobody vouches for the signer: the signing certificate is remembered with those above it, so that
 * trust in an issuer, by this message or later, is enough. It moves nothing that is known of the
 * contact.
 */
async function keepForLater(
  contact: string,
  { signature: { signer }, certificates: carried }: OpenedMessage,
  seen: Date,
  certificates: HarvestStores["certificates"],
): Promise<void> {
  if (signer === null || !mailUses(signer).has("encrypt")) return;
  const issuers = usefulAuthorities(signer, carried).slice(0, MOST_ISSUERS);
  const known = (await certificates.forAddress(contact)).find(
    ({ certificate }) => certificate.fingerprint === signer.fingerprint,
  );
  if (known !== undefined && (known.issuers?.length ?? 0) >= issuers.length) return;
  await certificates.put({
    address: contact,
    certificate: signer,
    source: "signature",
    firstSeen: seen,
    lastSeen: null,
    capabilities: null,
    ...(issuers.length > 0 ? { issuers } : {}),
  });
}

/**
 * The one that the signer asks to be encrypted to, else the signing one, else another that came
 * along for the same address. Whether it is trusted is judged when it is to be used.
 */
export function encryptionCertificate(opened: OpenedMessage, contact: string): Certificate | null {
  const offered = [opened.encryptionCertificate, opened.signature.signer, ...opened.certificates];
  return (
    offered.find(
      (certificate) =>
        certificate !== null && mailUses(certificate).has("encrypt") && names(certificate, contact),
    ) ?? null
  );
}

function names({ addresses }: Certificate, contact: string): boolean {
  return addresses.some((address) => canonicalAddress(address) === contact);
}

async function answeredMessage(
  fields: readonly HeaderField[],
  { identity, contact }: Correspondence,
  store: HarvestStores["signals"],
): Promise<string | null> {
  const { inReplyTo, references } = referencesIn(fields);
  const answers = new Set([...inReplyTo, ...references]);
  const known = await store.forContact(identity, contact);
  return (
    known.find(({ kind, messageId }) => kind === "sent-signed" && answers.has(messageId))
      ?.messageId ?? null
  );
}

/**
 * Whether the certificate that a valid signature brings is among the contacts'. null for a message
 * that brings none.
 */
export async function isKept(
  { header, raw, opened }: { header: MessageHeader; raw: Uint8Array; opened: OpenedMessage },
  certificates: CertificateStore,
): Promise<boolean | null> {
  const pair = await correspondence(header, raw);
  if (pair === null || opened.signature.verdict !== "valid") return null;
  const offered = encryptionCertificate(opened, pair.contact);
  if (offered === null) return null;
  const known = await certificates.forAddress(pair.contact);
  return known.some(({ certificate }) => certificate.fingerprint === offered.fingerprint);
}
