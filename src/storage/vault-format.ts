/**
 * The format of the vault, version 1.
 *
 * Vault key: 256 random bits, made once when the vault is created. It encrypts the private keys and
 * is itself stored only wrapped.
 *
 * Wrapped vault key: AES-256-GCM(wrapping key, nonce, vault key) with a tag of 128 bits at the end,
 * 48 bytes. The wrapping key is PBKDF2 (RFC 8018, section 5.2) with HMAC-SHA-256 of the passphrase,
 * a salt of 16 random bytes and the stored number of iterations. Additional data: the ASCII text
 * "smime-exchange vault key 1".
 *
 * Sealed private key: AES-256-GCM(vault key, nonce, PKCS#8 PrivateKeyInfo in DER), tag at the end.
 * Additional data: the ASCII text "smime-exchange private key 1 " and the certificate's fingerprint
 * in lower-case hex, so that one entry cannot stand in for another. For a key that waits for its
 * certificate, "waiting " and the SHA-256 of its SubjectPublicKeyInfo stand for the fingerprint.
 *
 * Every nonce is 96 random bits, new at each encryption. The passphrase is normalised to NFKC and
 * encoded in UTF-8 (NIST SP 800-63B, 5.1.1.2): the same characters typed on another keyboard, which
 * may compose them otherwise, open the vault too. Nothing is trimmed, no case is folded.
 */
import { SmimeError } from "../core/errors.ts";
import { bufferSource, octetsOf, randomOctets } from "../core/octets.ts";

export const PBKDF2_ITERATIONS = 600_000;
/** More would keep the machine busy for minutes: then the number is not one that was written here. */
const MOST_ITERATIONS = 20_000_000;
const SHORTEST_PASSPHRASE = 8;

const FORMAT = 1;
const SALT_LENGTH = 16;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
export const VAULT_KEY_LENGTH = 32;

export interface VaultRecord {
  readonly format: number;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly nonce: Uint8Array;
  readonly wrappedKey: Uint8Array;
}

export interface SealedKey {
  readonly format: number;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/**
 * @param vaultKey 32 bytes
 * @throws SmimeError vault-weak-passphrase for fewer than 8 characters
 */
export async function wrapVaultKey(vaultKey: Uint8Array, passphrase: string): Promise<VaultRecord> {
  if (Array.from(normalized(passphrase)).length < SHORTEST_PASSPHRASE) {
    throw new SmimeError("vault-weak-passphrase");
  }
  const salt = randomOctets(SALT_LENGTH);
  const nonce = randomOctets(NONCE_LENGTH);
  const wrappingKey = await deriveWrappingKey(passphrase, salt, PBKDF2_ITERATIONS);
  const wrappedKey = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: vaultKeyData() },
    wrappingKey,
    bufferSource(vaultKey),
  );
  return {
    format: FORMAT,
    salt,
    iterations: PBKDF2_ITERATIONS,
    nonce,
    wrappedKey: new Uint8Array(wrappedKey),
  };
}

/**
 * The vault key, 32 bytes, for the caller to overwrite. A record that was tampered with within its
 * form cannot be told from a wrong passphrase.
 * @throws SmimeError vault-wrong-passphrase, vault-damaged
 */
export async function unwrapVaultKey(record: VaultRecord, passphrase: string): Promise<Uint8Array> {
  if (!isVaultRecord(record)) throw new SmimeError("vault-damaged");
  const wrappingKey = await deriveWrappingKey(passphrase, record.salt, record.iterations);
  try {
    const vaultKey = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: bufferSource(record.nonce), additionalData: vaultKeyData() },
      wrappingKey,
      bufferSource(record.wrappedKey),
    );
    return new Uint8Array(vaultKey);
  } catch (cause) {
    throw new SmimeError("vault-wrong-passphrase", { cause });
  }
}

/** Copies `vaultKey`, which the caller may overwrite afterwards. */
export async function importVaultKey(vaultKey: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bufferSource(vaultKey), "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ]);
}

/** @param privateKey PKCS#8 PrivateKeyInfo, DER */
export async function sealPrivateKey(
  vaultKey: CryptoKey,
  fingerprint: string,
  privateKey: Uint8Array,
): Promise<SealedKey> {
  const nonce = randomOctets(NONCE_LENGTH);
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: privateKeyData(fingerprint) },
    vaultKey,
    bufferSource(privateKey),
  );
  return { format: FORMAT, nonce, ciphertext: new Uint8Array(ciphertext) };
}

/** @throws SmimeError vault-damaged, also for the entry of another certificate */
export async function openPrivateKey(
  vaultKey: CryptoKey,
  fingerprint: string,
  sealed: SealedKey,
): Promise<Uint8Array> {
  if (!isSealedKey(sealed)) throw new SmimeError("vault-damaged");
  try {
    const privateKey = await crypto.subtle.decrypt(
      {
        name: "AES-GCM",
        iv: bufferSource(sealed.nonce),
        additionalData: privateKeyData(fingerprint),
      },
      vaultKey,
      bufferSource(sealed.ciphertext),
    );
    return new Uint8Array(privateKey);
  } catch (cause) {
    throw new SmimeError("vault-damaged", { cause });
  }
}

async function deriveWrappingKey(
  passphrase: string,
  salt: Uint8Array,
  iterations: number,
): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(normalized(passphrase));
  const base = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  secret.fill(0);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt: bufferSource(salt), iterations },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

function normalized(passphrase: string): string {
  return passphrase.normalize("NFKC");
}

function vaultKeyData(): Uint8Array<ArrayBuffer> {
  return bufferSource(octetsOf(`smime-exchange vault key ${FORMAT}`));
}

function privateKeyData(fingerprint: string): Uint8Array<ArrayBuffer> {
  return bufferSource(octetsOf(`smime-exchange private key ${FORMAT} ${fingerprint}`));
}

/** What comes from the disk is only claimed to have its type. */
function isVaultRecord({ format, salt, iterations, nonce, wrappedKey }: VaultRecord): boolean {
  return (
    format === FORMAT &&
    isOctets(salt, SALT_LENGTH) &&
    Number.isSafeInteger(iterations) &&
    iterations >= PBKDF2_ITERATIONS &&
    iterations <= MOST_ITERATIONS &&
    isOctets(nonce, NONCE_LENGTH) &&
    isOctets(wrappedKey, VAULT_KEY_LENGTH + TAG_LENGTH)
  );
}

function isSealedKey({ format, nonce, ciphertext }: SealedKey): boolean {
  return format === FORMAT && isOctets(nonce, NONCE_LENGTH) && ciphertext instanceof Uint8Array;
}

function isOctets(value: unknown, length: number): boolean {
  return value instanceof Uint8Array && value.length === length;
}
