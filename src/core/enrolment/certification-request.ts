import {
  certificationRequestInfo,
  commonName,
  endEntityExtensions,
  mailExtensions,
  selfIssuedCertificate,
  signedStructure,
} from "../asn1/write-certificate.ts";
import { wholeTlv } from "../asn1/strict-der.ts";
import { partsOf, tags } from "../asn1/tlv.ts";
import { bitStringIn } from "../asn1/values.ts";
import { bufferSource, randomOctets } from "../octets.ts";
import type { NewKey } from "./new-key.ts";

/** Whom a certificate is for. */
export interface Subject {
  readonly name: string;
  readonly address: string;
}

/** RFC 5280, appendix A.1: ub-common-name. */
const LONGEST_NAME = 64;

/**
 * A PKCS#10 request (RFC 2986), DER, signed with the key it is about: a subject of the person's
 * name, and the address and what the key is for as extensions.
 */
export async function certificationRequest(subject: Subject, key: NewKey): Promise<Uint8Array> {
  const info = certificationRequestInfo(
    nameOf(subject),
    key.publicKey,
    mailExtensions(subject.address, key.usages),
  );
  return signedStructure(info, key.signatureAlgorithm, await key.sign(info));
}

/**
 * A certificate that nobody but its key vouches for, DER, for trying out.
 * @param validity whole seconds count
 */
export async function selfSignedCertificate(
  subject: Subject,
  key: NewKey,
  validity: { readonly notBefore: Date; readonly notAfter: Date },
): Promise<Uint8Array> {
  const serialNumber = randomOctets(16);
  // Positive, and no zero in front.
  serialNumber[0] = ((serialNumber[0] ?? 0) & 0x3f) | 0x40;
  const certificate = selfIssuedCertificate({
    ...validity,
    serialNumber,
    signatureAlgorithm: key.signatureAlgorithm,
    name: nameOf(subject),
    publicKey: key.publicKey,
    extensions: [
      ...endEntityExtensions(await keyIdentifier(key)),
      ...mailExtensions(subject.address, key.usages),
    ],
  });
  return signedStructure(certificate, key.signatureAlgorithm, await key.sign(certificate));
}

function nameOf({ name, address }: Subject): Uint8Array {
  const trimmed = name.trim();
  return commonName(
    trimmed === "" || Array.from(trimmed).length > LONGEST_NAME ? address : trimmed,
  );
}

/** RFC 7093, section 2, method 1: of the key's bits, without the algorithm. */
async function keyIdentifier({ publicKey }: NewKey): Promise<Uint8Array> {
  const bits = bitStringIn(partsOf(wholeTlv(publicKey), tags.sequence)[1]);
  const digest = await crypto.subtle.digest("SHA-256", bufferSource(bits));
  return new Uint8Array(digest).slice(0, 20);
}

/** PEM (RFC 7468, section 7), lines of 64 characters. */
export function requestPem(request: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...request)).match(/.{1,64}/g) ?? [];
  return [
    "-----BEGIN CERTIFICATE REQUEST-----",
    ...lines,
    "-----END CERTIFICATE REQUEST-----",
    "",
  ].join("\n");
}
