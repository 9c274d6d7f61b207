import type { Signal } from "../core/exchange/signals.ts";
import { fromAddress } from "../core/mime/from-address.ts";
import type { OpenedMessage } from "../core/smime/verdict.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import {
  encryptionCertificate,
  recipientsOf,
  type Envelope,
  type HarvestStores,
} from "./harvest.ts";

/**
 * What a message of the user's own proves that was sent before, perhaps by another program: that its
 * recipients can have the certificate that it carries. Only what a key of the user's has signed counts.
 */
export async function harvestSent(
  message: {
    readonly header: Envelope;
    readonly raw: Uint8Array;
    readonly opened: OpenedMessage;
  },
  own: readonly Certificate[],
  signals: HarvestStores["signals"],
): Promise<void> {
  const { header, raw, opened } = message;
  const { signature, encryption } = opened;
  const from = fromAddress(raw);
  const mine = (certificate: Certificate | null) =>
    own.some(({ fingerprint }) => fingerprint === certificate?.fingerprint);
  if (from === null || !mine(signature.signer)) return;
  if (signature.verdict !== "valid" && signature.verdict !== "untrusted") return;
  const identity = canonicalAddress(from);
  const certificate = encryptionCertificate(opened, identity);
  if (certificate === null || !mine(certificate)) return;
  const contacts = new Set(recipientsOf(header).map(canonicalAddress));
  contacts.delete(identity);
  await signals.record(
    [...contacts]
      .filter((contact) => contact.includes("@"))
      .map((contact): Signal => ({
        kind: "sent-signed",
        identity,
        contact,
        messageId: header.headerMessageId,
        at: signature.signedAt ?? new Date(header.date),
        certificate: certificate.fingerprint,
        encrypted: encryption.verdict === "decrypted",
      })),
  );
}
