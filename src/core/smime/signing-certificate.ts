import { attributeTypes, digests } from "../asn1/oids.ts";
import type { SignerInfo } from "../asn1/signed-data.ts";
import { expectOctets, partsOf, tags, type Tlv } from "../asn1/tlv.ts";
import { algorithmIn } from "../asn1/values.ts";
import { equalOctets } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";
import { digestName, digestOf } from "./digest-algorithms.ts";
import { attributeValue } from "./signed-attributes.ts";

/**
 * Whether the certificate is the one that the signer has signed to be his (RFC 5035, section 5.4:
 * the first that SigningCertificate and SigningCertificateV2 name); true where he has not, and
 * where he names it by a digest that nothing here knows.
 * @throws SmimeError cms-malformed
 */
export async function isNamedBySigner(
  certificate: Certificate,
  signer: SignerInfo,
): Promise<boolean> {
  for (const type of [attributeTypes.signingCertificate, attributeTypes.signingCertificateV2]) {
    const value = attributeValue(signer, type);
    if (value === null) continue;
    const [list] = partsOf(value, tags.sequence);
    const [first] = partsOf(list, tags.sequence);
    const { digest, hash } = certificateHash(first, type);
    const name = digestName(digest);
    if (name !== null && !equalOctets(await digestOf(name, certificate.der), hash)) return false;
  }
  return true;
}

/** ESSCertID, whose digest is SHA-1, and ESSCertIDv2, whose digest is SHA-256 unless it says. */
function certificateHash(
  id: Tlv | undefined,
  type: string,
): { readonly digest: string; readonly hash: Uint8Array } {
  const [first, second] = partsOf(id, tags.sequence);
  if (type === attributeTypes.signingCertificate) {
    return { digest: digests.sha1, hash: expectOctets(first) };
  }
  return first?.tag === tags.sequence
    ? { digest: algorithmIn(first).oid, hash: expectOctets(second) }
    : { digest: digests.sha256, hash: expectOctets(first) };
}
