import type { KeyType } from "../../support/pki.ts";

/** What the add-on and the other programs are tried with, in both directions. */

export interface SignatureRow {
  readonly id: string;
  readonly title: string;
  readonly key: KeyType;
  readonly digest: "sha256" | "sha384" | "sha512";
  /** For RSA: the padding. */
  readonly pss: boolean;
  /** As the verdict names it. */
  readonly algorithm: RegExp;
  /** Why the add-on never sends it; null where it does. */
  readonly notSent: string | null;
}

const signature = (
  id: string,
  title: string,
  key: KeyType,
  algorithm: RegExp,
  more: Partial<SignatureRow> = {},
): SignatureRow => ({
  ...{ id, title, key, algorithm, digest: "sha256", pss: false, notSent: null },
  ...more,
});

/** Thunderbird takes SHA-512 for large keys. */
const pkcs1 = /^RSA PKCS#1 v1\.5 with SHA-(?:256|512)$/;

export const signatureRows: readonly SignatureRow[] = [
  signature("rsa2048", "RSA 2048", "rsa2048", pkcs1),
  signature("rsa3072", "RSA 3072", "rsa3072", pkcs1),
  signature("rsa4096", "RSA 4096", "rsa4096", pkcs1),
  signature("pss", "RSA-PSS", "rsa2048", /^RSA-PSS with SHA-256$/, {
    pss: true,
    notSent: "the add-on signs with PKCS #1 v1.5, which more programs read",
  }),
  signature("p256", "ECDSA P-256", "p256", /^ECDSA P-256 with SHA-256$/),
  signature("p384", "ECDSA P-384", "p384", /^ECDSA P-384 with SHA-384$/, { digest: "sha384" }),
  signature("ed25519", "Ed25519", "ed25519", /^Ed25519$/, { digest: "sha512" }),
];

export type Management = "pkcs1" | "oaep" | "ecdh";
export type Cipher = "aes-128-cbc" | "aes-256-cbc" | "aes-256-gcm";

export interface EncryptionRow {
  readonly id: string;
  readonly title: string;
  readonly key: KeyType | "x25519";
  readonly management: Management;
  readonly cipher: Cipher;
  /** As the verdict names it. */
  readonly managementName: string;
  readonly notSent: string | null;
}

const allCiphers: readonly Cipher[] = ["aes-128-cbc", "aes-256-cbc", "aes-256-gcm"];

const encryption = (
  title: string,
  management: Management,
  {
    key,
    name,
    ciphers = allCiphers,
  }: { key: EncryptionRow["key"]; name: string; ciphers?: readonly Cipher[] },
): EncryptionRow[] =>
  ciphers.map((cipher) => ({
    id: `${name} ${cipher}`,
    title: `${title}, ${cipher.toUpperCase()}`,
    ...{ key, management, cipher, managementName: name },
    notSent: cipher === "aes-128-cbc" ? "the add-on encrypts with 256 bits only" : null,
  }));

export const encryptionRows: readonly EncryptionRow[] = [
  ...encryption("RSA PKCS1-v1_5", "pkcs1", { key: "rsa2048", name: "rsaes-pkcs1-v1_5" }),
  ...encryption("RSA-OAEP", "oaep", { key: "rsa2048", name: "rsaes-oaep" }),
  ...encryption("ECDH P-256", "ecdh", { key: "p256", name: "ecdh-p256" }),
  ...encryption("ECDH P-384", "ecdh", { key: "p384", name: "ecdh-p384" }),
  ...encryption("ECDH X25519", "ecdh", { key: "x25519", name: "x25519", ciphers: ["aes-256-cbc"] }),
];
