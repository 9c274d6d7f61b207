import { ciphers } from "../asn1/oids.ts";
import type { PasswordEncrypted } from "../asn1/pfx.ts";
import { readRc2Parameters } from "../asn1/rc2-parameters.ts";
import { expectOctets, partsOf, tags } from "../asn1/tlv.ts";
import { algorithmIn, smallIntegerIn } from "../asn1/values.ts";
import type { AlgorithmIdentifier } from "../asn1/values.ts";
import { desEde3CbcDecrypt } from "../ciphers/des-ede3.ts";
import { rc2CbcDecrypt } from "../ciphers/rc2.ts";
import { SmimeError } from "../errors.ts";
import { bufferSource, concatOctets } from "../octets.ts";
import { purposes, readPbkdf2 } from "./key-derivation.ts";
import type { IterationBudget } from "./key-derivation.ts";
import type { PasswordForm } from "./password.ts";

export const PBES2 = "1.2.840.113549.1.5.13";

interface LegacyCipher {
  /** Of the derived key, in octets. */
  readonly keyLength: number;
  readonly decrypt: (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => Uint8Array;
}

/** RFC 7292, appendix C, without the two that use RC4. */
const legacyCiphers: ReadonlyMap<string, LegacyCipher> = new Map([
  ["1.2.840.113549.1.12.1.3", { keyLength: 24, decrypt: desEde3CbcDecrypt }],
  [
    "1.2.840.113549.1.12.1.4",
    {
      keyLength: 16,
      decrypt: (key: Uint8Array, iv: Uint8Array, data: Uint8Array) =>
        desEde3CbcDecrypt(concatOctets(key, key.subarray(0, 8)), iv, data),
    },
  ],
  ["1.2.840.113549.1.12.1.5", rc2(128)],
  ["1.2.840.113549.1.12.1.6", rc2(40)],
]);

function rc2(bits: number): LegacyCipher {
  return {
    keyLength: bits / 8,
    decrypt: (key, iv, data) => rc2CbcDecrypt(key, bits, iv, data),
  };
}

/** In octets (RFC 2268, section 2). */
const MAX_RC2_KEY = 128;

/** Key lengths in octets. */
const aesCbc: ReadonlyMap<string, number> = new Map([
  [ciphers.aes128Cbc, 16],
  [ciphers.aes192Cbc, 24],
  [ciphers.aes256Cbc, 32],
]);

/**
 * @throws SmimeError pkcs12-wrong-password where the padding does not come out,
 * pkcs12-unsupported, pkcs12-malformed, cms-malformed
 */
export async function decryptWithPassword(
  { algorithm, data }: PasswordEncrypted,
  password: PasswordForm,
  budget: IterationBudget,
): Promise<Uint8Array> {
  const decrypt =
    algorithm.oid === PBES2
      ? await pbes2(algorithm, password, budget)
      : legacy(algorithm, password, budget);
  try {
    return await decrypt(data);
  } catch (cause) {
    throw new SmimeError("pkcs12-wrong-password", { cause });
  }
}

type Decryption = (data: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** pkcs-12PbeParams (RFC 7292, appendix C). */
function legacy(
  { oid, parameters }: AlgorithmIdentifier,
  { bmp: password }: PasswordForm,
  budget: IterationBudget,
): Decryption {
  const cipher = legacyCiphers.get(oid);
  if (cipher === undefined) throw unsupported(oid);
  const [saltTlv, iterationsTlv] = partsOf(parameters ?? undefined, tags.sequence);
  const input = {
    password,
    salt: expectOctets(saltTlv),
    iterations: smallIntegerIn(iterationsTlv),
  };
  const key = budget.derivePkcs12("SHA-1", purposes.key, { ...input, length: cipher.keyLength });
  const iv = budget.derivePkcs12("SHA-1", purposes.iv, { ...input, length: 8 });
  return (data) => cipher.decrypt(key, iv, data);
}

/** RFC 8018, section 6.2 and appendix A.4. */
async function pbes2(
  { parameters }: AlgorithmIdentifier,
  { utf8 }: PasswordForm,
  budget: IterationBudget,
): Promise<Decryption> {
  const [derivation, scheme] = partsOf(parameters ?? undefined, tags.sequence);
  const pbkdf2 = readPbkdf2(algorithmIn(derivation));
  const cipher = algorithmIn(scheme);
  const derive = (length: number): Promise<Uint8Array> => budget.derivePbkdf2(pbkdf2, utf8, length);
  if (cipher.oid === ciphers.rc2Cbc) {
    const rc2 = readRc2Parameters(cipher);
    const keyLength = pbkdf2.keyLength ?? (rc2?.effectiveBits ?? 0) / 8;
    // Only of this cipher does the file say how long the key is.
    if (rc2 === null || keyLength < 1 || keyLength > MAX_RC2_KEY) throw unsupported(cipher.oid);
    const { effectiveBits, iv } = rc2;
    const key = await derive(keyLength);
    return (data) => rc2CbcDecrypt(key, effectiveBits, iv, data);
  }
  const aesKeyLength = aesCbc.get(cipher.oid);
  if (aesKeyLength === undefined && cipher.oid !== ciphers.desEde3Cbc)
    throw unsupported(cipher.oid);
  const iv = expectOctets(cipher.parameters ?? undefined);
  const key = await derive(aesKeyLength ?? 24);
  return aesKeyLength === undefined
    ? (data) => desEde3CbcDecrypt(key, iv, data)
    : (data) => aesCbcDecrypt(key, iv, data);
}

async function aesCbcDecrypt(
  octets: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", bufferSource(octets), "AES-CBC", false, [
    "decrypt",
  ]);
  const parameters = { name: "AES-CBC", iv: bufferSource(iv) };
  return new Uint8Array(await crypto.subtle.decrypt(parameters, key, bufferSource(data)));
}

function unsupported(oid: string): SmimeError {
  return new SmimeError("pkcs12-unsupported", { detail: `encryption ${oid}` });
}
