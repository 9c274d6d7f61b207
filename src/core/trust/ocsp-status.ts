import { parseCertificate } from "../asn1/certificate.ts";
import { nameKey, sameName } from "../asn1/distinguished-name.ts";
import { extensionValue } from "../asn1/name-constraints.ts";
import { publicKeyBits } from "../asn1/ocsp.ts";
import type { CertificateId, OcspResponse, SingleResponse } from "../asn1/ocsp.ts";
import { digests } from "../asn1/oids.ts";
import { bufferSource, equalOctets } from "../octets.ts";
import { digestName, type DigestName } from "../smime/digest-algorithms.ts";
import type { Certificate } from "./certificate.ts";
import { certificateSignature, signatureBy } from "./certificate-signature.ts";
import type { RevocationStatus } from "./revocation.ts";
import { validityAt, whyUnfit } from "./uses.ts";

const NO_CHECK = "1.3.6.1.5.5.7.48.1.5";

/** Clocks differ. */
const TOLERANCE_MS = 5 * 60 * 1000;

/** How old an answer may be that does not say when there is a newer one. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;

export interface OcspContext {
  readonly responses: readonly OcspResponse[];
  readonly at: Date;
  /** Whether lists say that a responder's certificate is revoked. */
  readonly isRevoked: (responder: Certificate) => Promise<boolean>;
}

/** What OCSP responses (RFC 6960, 3.2) say of a certificate. The worst answer that counts counts. */
export async function ocspStatus(
  certificate: Certificate,
  issuer: Certificate,
  context: OcspContext,
): Promise<RevocationStatus> {
  let found: RevocationStatus = { kind: "unknown" };
  for (const response of context.responses) {
    const single = await answerFor(response, certificate, issuer);
    if (single === null || !isCurrent(single, context.at)) continue;
    if (response.unknownCritical || single.unknownCritical) continue;
    const { status } = single;
    if (status.kind === "unknown" || !(await isGenuine(response, issuer, context))) continue;
    if (status.kind !== "revoked")
      found = { kind: "good", source: "ocsp", asOf: single.thisUpdate };
    else if (status.since <= context.at)
      return { kind: "revoked", source: "ocsp", since: status.since, reason: status.reason };
  }
  return found;
}

/** The identifier under which responders know a certificate (RFC 6960, 4.1.1). */
export async function certificateId(
  certificate: Certificate,
  issuer: Certificate,
  digest: "SHA-1" | "SHA-256",
): Promise<CertificateId> {
  return {
    digest: digest === "SHA-1" ? digests.sha1 : digests.sha256,
    issuerNameHash: await hash(digest, certificate.issuer.der),
    issuerKeyHash: await hash(digest, publicKeyBits(issuer.publicKey.spki)),
    serialNumber: certificate.serialNumber,
  };
}

async function answerFor(
  { responses }: OcspResponse,
  certificate: Certificate,
  issuer: Certificate,
): Promise<SingleResponse | null> {
  for (const single of responses) {
    const { digest, issuerNameHash, issuerKeyHash, serialNumber } = single.certificate;
    const name = digestName(digest);
    if (serialNumber !== certificate.serialNumber || name === null) continue;
    const byKey = await hash(name, publicKeyBits(issuer.publicKey.spki));
    if (!equalOctets(byKey, issuerKeyHash)) continue;
    for (const { der } of [certificate.issuer, issuer.subject])
      if (equalOctets(await hash(name, der), issuerNameHash)) return single;
  }
  return null;
}

function isCurrent({ thisUpdate, nextUpdate }: SingleResponse, at: Date): boolean {
  const time = at.getTime();
  const until = nextUpdate?.getTime() ?? thisUpdate.getTime() + MAX_AGE_MS;
  return thisUpdate.getTime() - TOLERANCE_MS <= time && time <= until + TOLERANCE_MS;
}

/** Signed by the issuer itself, or by whom the issuer has certified for it (RFC 6960, 4.2.2.2). */
async function isGenuine(
  response: OcspResponse,
  issuer: Certificate,
  context: OcspContext,
): Promise<boolean> {
  if (
    (await isNamed(response, issuer)) &&
    (await signatureBy(response, issuer.publicKey)) === "good"
  )
    return true;
  for (const der of response.certificates) {
    const responder = await parseCertificate(der).catch(() => null);
    if (
      responder !== null &&
      (await isNamed(response, responder)) &&
      (await signatureBy(response, responder.publicKey)) === "good" &&
      (await isDelegate(responder, issuer, context))
    )
      return true;
  }
  return false;
}

async function isNamed({ responder }: OcspResponse, certificate: Certificate): Promise<boolean> {
  if (responder.kind === "name") return nameKey(responder.name) === nameKey(certificate.subject);
  const keyHash = await hash("SHA-1", publicKeyBits(certificate.publicKey.spki));
  return equalOctets(responder.keyHash, keyHash);
}

async function isDelegate(
  responder: Certificate,
  issuer: Certificate,
  { at, isRevoked }: OcspContext,
): Promise<boolean> {
  return (
    sameName(responder.issuer, issuer.subject) &&
    validityAt(responder, at) === "valid" &&
    whyUnfit(responder, "sign-ocsp") === null &&
    responder.unknownCriticalExtensions.length === 0 &&
    (await certificateSignature(responder, issuer.publicKey)) === "good" &&
    (extensionValue(responder, NO_CHECK) !== null || !(await isRevoked(responder)))
  );
}

async function hash(digest: DigestName, octets: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(digest, bufferSource(octets)));
}
