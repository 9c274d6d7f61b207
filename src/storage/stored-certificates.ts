import { fingerprintOf, parseCertificate } from "../core/asn1/certificate.ts";
import { SmimeError } from "../core/errors.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import type { StoredCertificate } from "./schema.ts";

/** Turns stored encodings into certificates; each is parsed once per session. */
export interface CertificateReader {
  /** @throws SmimeError certificate-malformed, storage-failed if it is not the one it is stored as */
  read(stored: StoredCertificate): Promise<Certificate>;
  /** One that is stored without a name. @throws SmimeError certificate-malformed */
  readUnnamed(der: Uint8Array): Promise<Certificate>;
  /**
   * For collections: leaves out what cannot be read. A later version's stricter parser must not
   * make one odd certificate of a contact's take all the others with it.
   */
  readAll<Stored extends StoredCertificate, Entry>(
    stored: readonly Stored[],
    entry: (stored: Stored, certificate: Certificate) => Entry | Promise<Entry>,
  ): Promise<Entry[]>;
  /** The same for those that are stored without names. */
  readAllUnnamed(ders: readonly Uint8Array[]): Promise<Certificate[]>;
}

export function certificateReader(): CertificateReader {
  const parsed = new Map<string, Promise<Certificate>>();

  const read = ({ fingerprint, certificate }: StoredCertificate): Promise<Certificate> => {
    const known = parsed.get(fingerprint);
    if (known !== undefined) return known;
    const reading = parseStored(fingerprint, certificate);
    parsed.set(fingerprint, reading);
    reading.catch(() => parsed.delete(fingerprint));
    return reading;
  };

  const readUnnamed = async (der: Uint8Array): Promise<Certificate> =>
    read({ fingerprint: await fingerprintOf(der), certificate: der });

  return {
    read,
    readUnnamed,
    async readAll(stored, entry) {
      const certificates = await Promise.allSettled(stored.map(read));
      return Promise.all(
        stored.flatMap((one, index) => {
          const result = certificates[index];
          return result?.status === "fulfilled" ? [entry(one, result.value)] : [];
        }),
      );
    },
    async readAllUnnamed(ders) {
      const results = await Promise.allSettled(ders.map(readUnnamed));
      return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    },
  };
}

/**
 * A copy of its own: to store a view is to store all of the buffer it looks at, which may be a
 * whole message.
 */
export function storable(octets: Uint8Array): Uint8Array {
  return Uint8Array.from(octets);
}

async function parseStored(fingerprint: string, der: Uint8Array): Promise<Certificate> {
  const certificate = await parseCertificate(der);
  if (certificate.fingerprint !== fingerprint) {
    throw new SmimeError("storage-failed", {
      detail: "a certificate is stored under another name",
    });
  }
  return certificate;
}
