import { digests } from "../asn1/oids.ts";

/** WebCrypto's names. */
export type DigestName = "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";

const names: ReadonlyMap<string, DigestName> = new Map([
  [digests.sha1, "SHA-1"],
  [digests.sha256, "SHA-256"],
  [digests.sha384, "SHA-384"],
  [digests.sha512, "SHA-512"],
]);

/** null for a digest that WebCrypto does not have. */
export function digestName(oid: string): DigestName | null {
  return names.get(oid) ?? null;
}
