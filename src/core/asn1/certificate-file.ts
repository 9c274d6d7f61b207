import { SmimeError } from "../errors.ts";
import { decodeBase64, encodeBase64Lines } from "../mime/base64.ts";
import { isVCard, vCardKeys } from "../vcard-keys.ts";
import { concatOctets, latin1Text, octetsOf } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";
import { parseCertificate } from "./certificate.ts";
import { readContentInfo, writeContentInfo } from "./content-info.ts";
import { derOid, derSequence, derSetOf, derSmallInteger } from "./der.ts";
import { contentTypes } from "./oids.ts";
import { pemBlocks } from "./pem.ts";
import { readSignedData } from "./signed-data.ts";
import { contextTag, tags } from "./tlv.ts";

/** What a file holds of other people's certificates. */
export interface CertificateFile {
  /** Each once, in the file's order. */
  readonly certificates: readonly Certificate[];
  /** How many more there were that are no certificates this code can read, OpenPGP keys included. */
  readonly unreadable: number;
}

export type CertificateFormat = "der" | "pem" | "p7c";

/**
 * The certificates of a file, whatever its name says: DER, PEM (RFC 7468), a "certs-only" message
 * (RFC 8551, section 3.8; .p7b, .p7c) in DER, PEM or bare base64, or the KEY of vCards.
 * @throws SmimeError certificates-not-found
 */
export async function readCertificateFile(file: Uint8Array): Promise<CertificateFile> {
  const found = new Map<string, Certificate>();
  let unreadable = 0;
  for (const piece of piecesOf(file)) {
    try {
      for (const encoded of certificatesIn(piece)) {
        const certificate = await parseCertificate(encoded);
        found.set(certificate.fingerprint, certificate);
      }
    } catch (error) {
      if (!(error instanceof SmimeError)) throw error;
      unreadable++;
    }
  }
  if (found.size === 0) throw new SmimeError("certificates-not-found");
  return { certificates: [...found.values()], unreadable };
}

/** DER objects, each one certificate or one "certs-only" message. */
function piecesOf(file: Uint8Array): Uint8Array[] {
  if (file[0] === tags.sequence) return [file];
  const text = latin1Text(file);
  if (isVCard(text)) return vCardKeys(text).flatMap(piecesOf);
  const blocks = pemBlocks(file, ["CERTIFICATE", "X509 CERTIFICATE", "PKCS7", "CMS"]);
  if (blocks.length > 0) return blocks;
  return /^[\sA-Za-z0-9+/=]+$/.test(text) ? [decodeBase64(file)] : [];
}

function certificatesIn(der: Uint8Array): readonly Uint8Array[] {
  try {
    const { contentType, content } = readContentInfo(der);
    if (contentType !== contentTypes.signedData) return [der];
    return readSignedData(content).certificates;
  } catch (error) {
    if (error instanceof SmimeError && error.code === "cms-malformed") return [der];
    throw error;
  }
}

/** A file that other programs import: one certificate as DER, or any number of them. */
export function writeCertificateFile(
  certificates: readonly Certificate[],
  format: CertificateFormat,
): Uint8Array {
  switch (format) {
    case "der": {
      const [certificate] = certificates;
      if (certificate === undefined) throw new SmimeError("not-found");
      return certificate.der;
    }
    case "pem":
      return concatOctets(...certificates.map(pemBlock));
    case "p7c":
      return certsOnly(certificates);
  }
}

function pemBlock({ der }: Certificate): Uint8Array {
  const base64 = latin1Text(encodeBase64Lines(der)).replace(/\s+/g, "");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return octetsOf(
    ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
  );
}

/** SignedData without content and signers (RFC 5652, section 5.1; RFC 8551, section 3.8). */
function certsOnly(certificates: readonly Certificate[]): Uint8Array {
  return writeContentInfo(contentTypes.signedData, tags.sequence, [
    derSmallInteger(1),
    derSetOf([]),
    derSequence(derOid(contentTypes.data)),
    derSetOf(
      certificates.map(({ der }) => der),
      contextTag(0, true),
    ),
    derSetOf([]),
  ]);
}
