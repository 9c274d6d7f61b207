import { parseCertificate } from "../asn1/certificate.ts";
import { SmimeError } from "../errors.ts";
import type { Signal } from "../exchange/signals.ts";
import { latin1Text, octetsOf } from "../octets.ts";
import type { ContactCertificate, OwnKey, Settings, WaitingKey } from "../ports.ts";
import type { Certificate } from "../trust/certificate.ts";
import type { TrustAnchor } from "../trust/path.ts";

/** Everything that a profile would miss. */
export interface BackupContent {
  /** `privateKey` is PKCS#8, DER. */
  readonly keys: readonly (OwnKey & { readonly privateKey: Uint8Array })[];
  readonly waiting: readonly (WaitingKey & { readonly privateKey: Uint8Array })[];
  readonly contacts: readonly ContactCertificate[];
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly TrustAnchor[];
  /** Fingerprints of built-in authorities. */
  readonly distrusted: readonly string[];
  readonly signals: readonly Signal[];
  readonly settings: Partial<Settings>;
}

/** JSON: dates as `{"date": ISO 8601}`, octets and certificates (DER) as `{"octets": base64}`. */
export function writeContent(content: BackupContent): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(packed(content)));
}

/** @throws SmimeError backup-damaged for what `writeContent` has not written */
export async function readContent(octets: Uint8Array): Promise<BackupContent> {
  try {
    const content = (await unpacked(
      JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets)),
    )) as BackupContent;
    const lists = [
      ...[content.keys, content.waiting, content.contacts, content.intermediates],
      ...[content.anchors, content.distrusted, content.signals],
    ];
    if (!lists.every(Array.isArray) || typeof content.settings !== "object") {
      throw new SmimeError("backup-damaged");
    }
    return content;
  } catch (cause) {
    throw new SmimeError("backup-damaged", { cause });
  }
}

function packed(value: unknown): unknown {
  if (value instanceof Date) return { date: value.toISOString() };
  if (value instanceof Uint8Array) return { octets: btoa(latin1Text(value)) };
  if (Array.isArray(value)) return value.map(packed);
  if (typeof value !== "object" || value === null) return value;
  if (isCertificate(value)) return { certificate: btoa(latin1Text(value.der)) };
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, packed(part)]));
}

async function unpacked(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(unpacked));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [[name, part] = ["", null]] = entries;
  if (entries.length === 1 && typeof part === "string") {
    if (name === "date") return dateOf(part);
    if (name === "octets") return octetsOf(atob(part));
    if (name === "certificate") return parseCertificate(octetsOf(atob(part)));
  }
  const parts = await Promise.all(
    entries.map(async ([name, part]) => [name, await unpacked(part)] as const),
  );
  return Object.fromEntries(parts);
}

function dateOf(iso: string): Date {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) throw new SmimeError("backup-damaged");
  return date;
}

function isCertificate(value: object): value is Certificate {
  return "der" in value && "fingerprint" in value && "publicKey" in value;
}
