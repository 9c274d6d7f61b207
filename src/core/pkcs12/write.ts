import { derNull, derOctetString, derOid, derSequence, derSmallInteger } from "../asn1/der.ts";
import { ciphers, digests } from "../asn1/oids.ts";
import {
  certificateBag,
  clearSafe,
  encryptedSafe,
  pfx,
  safeContents,
  shroudedKeyBag,
  type BagAttributes,
  type Encrypted,
} from "../asn1/write-pfx.ts";
import { bufferSource, octetsOfHex, randomOctets } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";
import { PBES2 } from "./decrypt.ts";
import {
  derivePbkdf2,
  derivePkcs12InPieces,
  hmacWithSha256,
  PBKDF2,
  purposes,
} from "./key-derivation.ts";
import { passwordForm } from "./password.ts";
import type { PasswordForm } from "./password.ts";

export interface KeyFileEntry {
  readonly certificate: Certificate;
  /** PKCS#8, DER. */
  readonly privateKey: Uint8Array;
  /** Authorities above it. */
  readonly chain: readonly Certificate[];
}

/**
 * `modern`: AES-256 and PBKDF2 with HMAC-SHA-256. `gnupg-2.2`: AES-128 and HMAC-SHA-1, the most that
 * gpgsm before GnuPG 2.4 reads.
 */
export type KeyFileKind = "modern" | "gnupg-2.2";

/** Of PBKDF2, and of the MAC's own derivation. Trying out a password costs this much. */
const ITERATIONS = 600_000;

/**
 * A PKCS#12 file (RFC 7292) of keys, their certificates and the authorities above them: PBES2 with
 * AES-CBC and PBKDF2, and a MAC with SHA-256. The caller sees to the password being a good one.
 * @param pause is awaited every few milliseconds with the share of the work that is done, from 0 to
 *   1; what it throws ends the work
 */
export async function writeKeyFile(
  entries: readonly KeyFileEntry[],
  password: string,
  kind: KeyFileKind = "modern",
  pause: (share: number) => Promise<void> = () => Promise.resolve(),
): Promise<Uint8Array> {
  const form = passwordForm(password.normalize("NFC"));
  const encryption = await passwordEncryption(form, kind);
  const own = new Map(entries.map(({ certificate }) => [certificate.fingerprint, certificate]));
  const chains = entries.flatMap(({ chain }) => chain);
  const all = new Map(chains.map((certificate) => [certificate.fingerprint, certificate]));
  for (const fingerprint of own.keys()) all.delete(fingerprint);
  const certificates = [...own.values(), ...all.values()].map((certificate) =>
    certificateBag(certificate.der, attributesOf(certificate, own.has(certificate.fingerprint))),
  );
  const keys = await Promise.all(
    entries.map(async ({ certificate, privateKey }) =>
      shroudedKeyBag(await encryption(privateKey), attributesOf(certificate, true)),
    ),
  );
  const authenticatedSafe = safeContents([
    encryptedSafe(await encryption(safeContents(certificates))),
    clearSafe(safeContents(keys)),
  ]);
  return pfx(authenticatedSafe, await macData(authenticatedSafe, form, pause));
}

function attributesOf(
  { addresses, fingerprint, subject }: Certificate,
  hasKey: boolean,
): BagAttributes {
  return {
    friendlyName: addresses[0] ?? subject.commonName ?? subject.text,
    localKeyId: hasKey ? octetsOfHex(fingerprint) : null,
  };
}

/**
 * PBES2 (RFC 8018, section 6.2). One key for the whole file, with an initialisation vector for each
 * of its pieces, so that a file with many keys does not take long to open.
 */
async function passwordEncryption(
  { utf8 }: PasswordForm,
  kind: KeyFileKind,
): Promise<(data: Uint8Array) => Promise<Encrypted>> {
  const modern = kind === "modern";
  const salt = randomOctets(16);
  const hash = modern ? "SHA-256" : "SHA-1";
  const parameters = { hash, salt, iterations: ITERATIONS, keyLength: null } as const;
  const derived = await derivePbkdf2(parameters, utf8, modern ? 32 : 16);
  const key = await crypto.subtle.importKey("raw", bufferSource(derived), "AES-CBC", false, [
    "encrypt",
  ]);
  const derivation = derSequence(
    derOid(PBKDF2),
    derSequence(
      derOctetString(salt),
      derSmallInteger(ITERATIONS),
      // HMAC-SHA-1 is the default, which DER leaves out.
      ...(modern ? [hmacWithSha256()] : []),
    ),
  );
  return async (data) => {
    const iv = randomOctets(16);
    const scheme = derSequence(
      derOid(modern ? ciphers.aes256Cbc : ciphers.aes128Cbc),
      derOctetString(iv),
    );
    const encrypted = await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, bufferSource(data));
    return {
      algorithm: derSequence(derOid(PBES2), derSequence(derivation, scheme)),
      data: new Uint8Array(encrypted),
    };
  };
}

/** RFC 7292, section 5.1, step 5. */
async function macData(
  authenticatedSafe: Uint8Array,
  { bmp }: PasswordForm,
  pause: (share: number) => Promise<void>,
): Promise<Uint8Array> {
  const salt = randomOctets(16);
  const input = { password: bmp, salt, iterations: ITERATIONS, length: 32 };
  const octets = await derivePkcs12InPieces("SHA-256", purposes.mac, input, (iterations) =>
    pause(iterations / ITERATIONS),
  );
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bufferSource(octets), hmac, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, bufferSource(authenticatedSafe));
  return derSequence(
    derSequence(
      derSequence(derOid(digests.sha256), derNull()),
      derOctetString(new Uint8Array(mac)),
    ),
    derOctetString(salt),
    derSmallInteger(ITERATIONS),
  );
}
