import { parseCertificate } from "../core/asn1/certificate.ts";
import type { ContactCertificate } from "../core/ports.ts";
import type { Certificate } from "../core/trust/certificate.ts";

/** The authorities that came along with a contact's certificate which nobody vouched for. */
export async function issuersWith({ issuers = [] }: ContactCertificate): Promise<Certificate[]> {
  const parsed = await Promise.allSettled(issuers.map(parseCertificate));
  return parsed.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}
