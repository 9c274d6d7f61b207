import { md5 } from "@noble/hashes/legacy.js";
import { sha224 } from "@noble/hashes/sha2.js";
import { digests } from "../asn1/oids.ts";
import { bufferSource, concatOctets } from "../octets.ts";

/** Those that WebCrypto has, by its names. */
export type DigestName = "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";

/** Only read, in old messages and by old senders. */
export type ReadDigestName = DigestName | "MD5" | "SHA-224";

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

export async function digestOf(name: ReadDigestName, content: Uint8Array): Promise<Uint8Array> {
  if (name === "MD5") return md5(content);
  if (name === "SHA-224") return sha224(content);
  return new Uint8Array(await crypto.subtle.digest(name, bufferSource(content)));
}

/** MGF1 (RFC 8017, appendix B.2.1). @param length in octets */
export async function mgf1(
  hash: DigestName,
  seed: Uint8Array,
  length: number,
): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for (let counter = 0, made = 0; made < length; counter++) {
    const block = await digestOf(
      hash,
      concatOctets(seed, Uint8Array.of(0, 0, counter >> 8, counter)),
    );
    blocks.push(block);
    made += block.length;
  }
  return concatOctets(...blocks).subarray(0, length);
}
