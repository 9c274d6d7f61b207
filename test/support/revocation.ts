import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateParts } from "../../src/core/asn1/certificate-fields.ts";
import { parseCrl } from "../../src/core/asn1/crl.ts";
import type { Crl, RevocationReason } from "../../src/core/asn1/crl.ts";
import { revocationReasons } from "../../src/core/asn1/crl.ts";
import {
  der,
  derBitString,
  derExplicit,
  derOctetString,
  derOid,
  derSequence,
  derSmallInteger,
  derTime,
} from "../../src/core/asn1/der.ts";
import { publicKeys } from "../../src/core/asn1/oids.ts";
import { encodingOf, tags } from "../../src/core/asn1/tlv.ts";
import { ecdsaSignatureValue } from "../../src/core/smime/verify-signature.ts";
import { openssl } from "./pki.ts";
import type { Issued } from "./pki.ts";

/** Revocation lists with whatever is in them, and OCSP answers of openssl's own responder. */

export interface CrlOptions {
  /** Listed, revoked at this time. */
  readonly revoked?: readonly RevokedEntry[];
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date | null;
  readonly number?: number;
  /** Encoded extensions, beside the number. */
  readonly extensions?: readonly Uint8Array[];
  /** Another name for the issuer than the signer's: an encoded Name. */
  readonly issuer?: Uint8Array;
}

export interface RevokedEntry {
  readonly certificate: Issued;
  readonly date?: Date;
  readonly reason?: RevocationReason;
  readonly extensions?: readonly Uint8Array[];
}

/** An encoded Extension. */
export function extension(id: string, value: Uint8Array, critical = false): Uint8Array {
  return derSequence(
    derOid(id),
    ...(critical ? [der(tags.boolean, Uint8Array.of(0xff))] : []),
    derOctetString(value),
  );
}

/** CRLDistributionPoints of one address. */
export function distributionPoints(url: string): Uint8Array {
  const uri = der(0x86, new TextEncoder().encode(url));
  return derSequence(derSequence(derExplicit(0, derExplicit(0, uri))));
}

export const subjectOf = ({ certificate }: Issued): Uint8Array =>
  encodingOf(certificateParts(certificate).subject);

/** @param signer an authority with a P-256 key */
export async function encodedCrl(signer: Issued, options: CrlOptions = {}): Promise<Uint8Array> {
  const algorithm = derSequence(derOid(publicKeys.ecdsaWithSha256));
  const {
    thisUpdate = new Date("2026-05-01"),
    nextUpdate = new Date("2026-07-01"),
    number = 5,
    extensions = [],
    revoked = [],
  } = options;
  const entries = revoked.map(entry);
  const tbs = derSequence(
    derSmallInteger(1),
    algorithm,
    options.issuer ?? subjectOf(signer),
    derTime(thisUpdate),
    ...(nextUpdate === null ? [] : [derTime(nextUpdate)]),
    ...(entries.length === 0 ? [] : [derSequence(...entries)]),
    derExplicit(0, derSequence(extension("2.5.29.20", derSmallInteger(number)), ...extensions)),
  );
  const key = await crypto.subtle.importKey(
    "pkcs8",
    signer.privateKey,
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["sign"],
  );
  const signing = { name: "ECDSA", hash: "SHA-256" };
  const raw = new Uint8Array(await crypto.subtle.sign(signing, key, Uint8Array.from(tbs)));
  return derSequence(tbs, algorithm, derBitString(ecdsaSignatureValue(raw)));
}

export async function makeCrl(signer: Issued, options: CrlOptions = {}): Promise<Crl> {
  return parseCrl(await encodedCrl(signer, options));
}

function entry({ certificate, date, reason, extensions = [] }: RevokedEntry): Uint8Array {
  const { serialNumber } = certificateParts(certificate.certificate);
  const all = [
    ...(reason === undefined
      ? []
      : [extension("2.5.29.21", der(0x0a, Uint8Array.of(revocationReasons.indexOf(reason))))]),
    ...extensions,
  ];
  return derSequence(
    der(tags.integer, Uint8Array.from(Buffer.from(serialNumber, "hex"))),
    derTime(date ?? new Date("2026-05-15")),
    ...(all.length === 0 ? [] : [derSequence(...all)]),
  );
}

/** What `openssl ocsp` answers to a request. */
export function answerOcsp(
  request: Uint8Array,
  {
    authority,
    responder = authority,
    revoked = [],
    known = [],
    args = [],
  }: {
    readonly authority: Issued;
    /** Who signs; the authority itself unless said otherwise. */
    readonly responder?: Issued;
    readonly revoked?: readonly Issued[];
    readonly known?: readonly Issued[];
    readonly args?: readonly string[];
  },
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "ocsp-"));
  const path = (name: string) => join(folder, name);
  try {
    writeFileSync(path("index"), ocspIndex(known, revoked));
    writeFileSync(path("ca"), authority.certificatePem);
    writeFileSync(path("signer"), responder.certificatePem);
    writeFileSync(path("key"), responder.privateKeyPem);
    writeFileSync(path("request"), request);
    openssl([
      ...["ocsp", "-index", path("index"), "-CA", path("ca"), "-rsigner", path("signer")],
      ...["-rkey", path("key"), "-reqin", path("request"), "-respout", path("response")],
      ...["-ndays", "1", ...args],
    ]);
    return Uint8Array.from(readFileSync(path("response")));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As `openssl ca` keeps it. */
export function ocspIndex(known: readonly Issued[], revoked: readonly Issued[]): string {
  const line = (state: string, { certificate }: Issued) =>
    `${state}\t${certificateParts(certificate).serialNumber.toUpperCase()}\tunknown\t/CN=x\n`;
  return [
    ...known.map((one) => line("V\t491231000000Z\t", one)),
    ...revoked.map((one) => line("R\t491231000000Z\t260515000000Z,keyCompromise", one)),
  ].join("");
}
