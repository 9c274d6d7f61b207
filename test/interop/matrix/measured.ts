/** What was measured: each cell is a test of test/interop or test/e2e, and the README's table. */

/** The programs, in the order of the table's columns. */
export const peers = ["OpenSSL", "GnuPG", "NSS", "Thunderbird", "Bouncy Castle"] as const;
export type PeerName = (typeof peers)[number];

export type Cell =
  | "yes"
  /** It refuses, and says this. */
  | { readonly says: string }
  /** It does this, without a word. */
  | { readonly silent: string }
  /** Nothing in its usage text or list of options has this word. */
  | { readonly noOption: string };

export interface Cells {
  /** What the program makes is read by the add-on. */
  readonly read?: Cell;
  /** What the add-on makes is read by the program. */
  readonly written?: Cell;
}

export interface PeerCells {
  readonly signed: Readonly<Record<string, Cells>>;
  readonly encrypted: Readonly<Record<string, Cells>>;
}

const says = (text: string): Cell => ({ says: text });
const noOption = (word: string): Cell => ({ noOption: word });
const yes: Cells = { read: "yes", written: "yes" };
/** The same in both directions. */
const both = (cell: Cell): Cells => ({ read: cell, written: cell });

const byOpenssl: PeerCells = {
  signed: {
    rsa2048: yes,
    rsa3072: yes,
    rsa4096: yes,
    pss: yes,
    p256: yes,
    p384: yes,
    ed25519: both(says("eddsa_digest_signverify_init:invalid digest")),
  },
  encrypted: {
    "rsaes-pkcs1-v1_5 aes-128-cbc": yes,
    "rsaes-pkcs1-v1_5 aes-256-cbc": yes,
    "rsaes-pkcs1-v1_5 aes-256-gcm": yes,
    "rsaes-oaep aes-128-cbc": yes,
    "rsaes-oaep aes-256-cbc": yes,
    "rsaes-oaep aes-256-gcm": yes,
    "ecdh-p256 aes-128-cbc": yes,
    "ecdh-p256 aes-256-cbc": yes,
    "ecdh-p256 aes-256-gcm": yes,
    "ecdh-p384 aes-128-cbc": yes,
    "ecdh-p384 aes-256-cbc": yes,
    "ecdh-p384 aes-256-gcm": yes,
    "x25519 aes-256-cbc": {
      read: says("operation not supported for this keytype"),
      written: says("no matching recipient"),
    },
  },
};

const noGcm: Cells = {
  read: says("selected cipher algorithm is invalid"),
  written: says("error getting IV: Buffer too short"),
};
/** It encrypts to keys with the usage keyEncipherment only, which keys for agreement do not have. */
const noAgreement: Cells = {
  read: says("certificate is not usable for encryption"),
  written: says("decrypting session key failed: Invalid session key"),
};
const byGnupg: PeerCells = {
  signed: {
    rsa2048: yes,
    rsa3072: yes,
    rsa4096: yes,
    pss: { read: noOption("pss") },
    p256: yes,
    p384: yes,
    ed25519: {
      read: says("Invalid OID string <KSBA>"),
      written: says("invalid signature: Internal error"),
    },
  },
  encrypted: {
    "rsaes-pkcs1-v1_5 aes-128-cbc": yes,
    "rsaes-pkcs1-v1_5 aes-256-cbc": yes,
    "rsaes-pkcs1-v1_5 aes-256-gcm": noGcm,
    "rsaes-oaep aes-128-cbc": { read: noOption("oaep") },
    "rsaes-oaep aes-256-cbc": {
      read: noOption("oaep"),
      written: says("error getting encrypted session key"),
    },
    "rsaes-oaep aes-256-gcm": noGcm,
    "ecdh-p256 aes-128-cbc": noAgreement,
    "ecdh-p256 aes-256-cbc": noAgreement,
    "ecdh-p256 aes-256-gcm": noGcm,
    "ecdh-p384 aes-128-cbc": noAgreement,
    "ecdh-p384 aes-256-cbc": noAgreement,
    "ecdh-p384 aes-256-gcm": noGcm,
    "x25519 aes-256-cbc": {
      read: says("certificate is not usable for encryption"),
      written: says("error getting encrypted session key"),
    },
  },
};

const unknownCipher: Cell = says("SEC_ERROR_UNRECOGNIZED_OID");
const nssAgreement: Cells = {
  read: says("SEC_ERROR_INVALID_ALGORITHM"),
  written: says("SEC_ERROR_BAD_DER"),
};
const nssAgreementGcm: Cells = {
  read: says("SEC_ERROR_INVALID_ALGORITHM"),
  written: unknownCipher,
};
const byNss: PeerCells = {
  signed: {
    rsa2048: yes,
    rsa3072: yes,
    rsa4096: yes,
    pss: { read: noOption("pss") },
    p256: yes,
    p384: yes,
    ed25519: {
      read: says("SEC_ERROR_PKCS12_UNABLE_TO_IMPORT_KEY"),
      written: says("status=ProcessingError"),
    },
  },
  encrypted: {
    "rsaes-pkcs1-v1_5 aes-128-cbc": yes,
    "rsaes-pkcs1-v1_5 aes-256-cbc": { read: noOption("aes"), written: "yes" },
    "rsaes-pkcs1-v1_5 aes-256-gcm": { read: noOption("aes"), written: unknownCipher },
    "rsaes-oaep aes-128-cbc": { read: noOption("oaep") },
    "rsaes-oaep aes-256-cbc": {
      read: noOption("oaep"),
      written: says("SEC_ERROR_UNSUPPORTED_KEYALG"),
    },
    "rsaes-oaep aes-256-gcm": { read: noOption("oaep"), written: unknownCipher },
    "ecdh-p256 aes-128-cbc": nssAgreement,
    "ecdh-p256 aes-256-cbc": nssAgreement,
    "ecdh-p256 aes-256-gcm": nssAgreementGcm,
    "ecdh-p384 aes-128-cbc": nssAgreement,
    "ecdh-p384 aes-256-cbc": nssAgreement,
    "ecdh-p384 aes-256-gcm": nssAgreementGcm,
    "x25519 aes-256-cbc": both(says("SEC_ERROR_PKCS12_UNABLE_TO_IMPORT_KEY")),
  },
};

const noImport: Cell = says("importPKCS12File: ERROR_UNKNOWN");
const thunderbirdGcm: Cell = { silent: "shows an empty message" };
const byThunderbird: PeerCells = {
  signed: {
    rsa2048: yes,
    rsa3072: yes,
    rsa4096: yes,
    pss: { read: noOption("pss") },
    p256: yes,
    p384: yes,
    ed25519: { read: noImport, written: says("VERIFY_UNTRUSTED") },
  },
  encrypted: {
    "rsaes-pkcs1-v1_5 aes-128-cbc": { read: noOption("aes") },
    "rsaes-pkcs1-v1_5 aes-256-cbc": yes,
    "rsaes-pkcs1-v1_5 aes-256-gcm": { read: noOption("aes"), written: thunderbirdGcm },
    "rsaes-oaep aes-128-cbc": { read: noOption("oaep") },
    "rsaes-oaep aes-256-cbc": { read: noOption("oaep"), written: "yes" },
    "rsaes-oaep aes-256-gcm": { read: noOption("oaep"), written: thunderbirdGcm },
    "ecdh-p256 aes-128-cbc": { read: noOption("aes") },
    "ecdh-p256 aes-256-cbc": yes,
    "ecdh-p256 aes-256-gcm": { read: noOption("aes"), written: thunderbirdGcm },
    "ecdh-p384 aes-128-cbc": { read: noOption("aes") },
    "ecdh-p384 aes-256-cbc": yes,
    "ecdh-p384 aes-256-gcm": { read: noOption("aes"), written: thunderbirdGcm },
    "x25519 aes-256-cbc": both(noImport),
  },
};

export const measured: Readonly<Record<PeerName, PeerCells>> = {
  OpenSSL: byOpenssl,
  GnuPG: byGnupg,
  NSS: byNss,
  Thunderbird: byThunderbird,
  "Bouncy Castle": {
    signed: { ...byOpenssl.signed, ed25519: yes },
    encrypted: {
      ...byOpenssl.encrypted,
      "x25519 aes-256-cbc": {
        read: says("Unknown key agreement algorithm: 1.2.840.113549.1.9.16.3.19"),
        written: says("no such algorithm: 1.2.840.113549.1.9.16.3.19"),
      },
    },
  },
};
