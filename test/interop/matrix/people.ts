import { pem } from "../../support/identities.ts";
import { createAuthority, type Issued, type KeyType } from "../../support/pki.ts";
import { readFileSync } from "node:fs";

/** One identity for each kind of key, made when it is first asked for, with the same authority. */

export const authority = createAuthority({ name: "Interoperability CA" });

const known = new Map<string, Issued>();

export function addressOf(key: KeyType | "x25519"): string {
  return key === "x25519" ? "carlos@smime.example" : `${key}@smime.example`;
}

export function identityOf(key: KeyType | "x25519"): Issued {
  const identity = known.get(key) ?? (key === "x25519" ? carlos() : issue(key));
  known.set(key, identity);
  return identity;
}

function issue(key: KeyType): Issued {
  return authority.issue({ name: key, address: addressOf(key), keyType: key });
}

/** RFC 9216's: openssl cannot certify a key that does not sign. */
function carlos(): Issued {
  const certificate = "7.3_Carlos-s-Encryption-End-Entity-Certificate.certificate.pem";
  const key = "7.4_Carlos-s-Decryption-Private-Key-Material.private-key.pem";
  const text = (name: string): string =>
    readFileSync(new URL(`../../vectors/rfc9216/${name}`, import.meta.url), "latin1");
  return {
    certificate: new Uint8Array(pem(certificate)),
    certificatePem: text(certificate),
    privateKey: new Uint8Array(pem(key)),
    privateKeyPem: text(key),
    chain: [],
    chainPem: "",
  };
}
