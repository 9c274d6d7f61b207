import { readRc2Parameters } from "../asn1/rc2-parameters.ts";
import { contentOf, expectOctets, malformed, partsOf, tags } from "../asn1/tlv.ts";
import { smallIntegerIn, type AlgorithmIdentifier } from "../asn1/values.ts";
import { ciphers } from "../asn1/oids.ts";
import { desEde3CbcDecrypt } from "../ciphers/des-ede3.ts";
import { rc2CbcDecrypt } from "../ciphers/rc2.ts";
import { bufferSource, concatOctets } from "../octets.ts";
import type { EnvelopedData } from "../asn1/enveloped-data.ts";

/** How one message's content is encrypted. */
export interface ContentCipher {
  /** "aes-256-gcm", "des-ede3-cbc" … */
  readonly name: string;
  /** Of the content-encryption key, in octets. */
  readonly keyLength: number;
  /** Only read, never sent. */
  readonly weak: boolean;
  /** Rejects, with whatever the cipher throws, if key, padding or tag are wrong. */
  readonly decrypt: (key: Uint8Array) => Promise<Uint8Array>;
}

const aesCbc: ReadonlyMap<string, number> = new Map([
  [ciphers.aes128Cbc, 128],
  [ciphers.aes192Cbc, 192],
  [ciphers.aes256Cbc, 256],
]);

const aesGcm: ReadonlyMap<string, number> = new Map([
  [ciphers.aes128Gcm, 128],
  [ciphers.aes192Gcm, 192],
  [ciphers.aes256Gcm, 256],
]);

/** Those that are known by name only. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["2.16.840.1.101.3.4.1.7", "aes-128-ccm"],
  ["2.16.840.1.101.3.4.1.27", "aes-192-ccm"],
  ["2.16.840.1.101.3.4.1.47", "aes-256-ccm"],
  ["1.2.840.113549.1.9.16.3.18", "chacha20-poly1305"],
  ["1.3.14.3.2.7", "des-cbc"],
  ["1.2.840.113533.7.66.10", "cast5-cbc"],
  ["1.2.392.200011.61.1.1.1.2", "camellia-128-cbc"],
  ["1.2.392.200011.61.1.1.1.4", "camellia-256-cbc"],
]);

/** For people, also where the cipher itself is not there; the object identifier at worst. */
export function cipherName(oid: string): string {
  const bits = aesGcm.get(oid);
  return bits === undefined ? (otherNames.get(oid) ?? oid) : `aes-${bits}-gcm`;
}

/**
 * null for a cipher this code does not have, and for one in the wrong structure: AEAD belongs in
 * AuthEnvelopedData and nothing else does (RFC 5083, section 2.1).
 * @throws SmimeError cms-malformed
 */
export function contentCipher(enveloped: EnvelopedData): ContentCipher | null {
  const algorithm = enveloped.contentEncryptionAlgorithm;
  if (enveloped.authenticated !== null) {
    const bits = aesGcm.get(algorithm.oid);
    return bits === undefined ? null : gcm(bits, enveloped, enveloped.authenticated);
  }
  const content = enveloped.encryptedContent;
  const bits = aesCbc.get(algorithm.oid);
  if (bits !== undefined) return cbc(bits, content, parameterIv(algorithm));
  if (algorithm.oid === ciphers.desEde3Cbc) {
    const iv = parameterIv(algorithm);
    return {
      name: "des-ede3-cbc",
      keyLength: 24,
      weak: true,
      decrypt: (key) => Promise.resolve(desEde3CbcDecrypt(key, iv, content)),
    };
  }
  return algorithm.oid === ciphers.rc2Cbc ? rc2(algorithm, content) : null;
}

function cbc(bits: number, content: Uint8Array, iv: Uint8Array): ContentCipher {
  return {
    name: `aes-${bits}-cbc`,
    keyLength: bits / 8,
    weak: false,
    decrypt: (key) => aesDecrypt({ name: "AES-CBC", iv: bufferSource(iv) }, key, content),
  };
}

/** RFC 5084, section 3.2. */
function gcm(
  bits: number,
  { contentEncryptionAlgorithm: algorithm, encryptedContent }: EnvelopedData,
  { mac, additionalData }: NonNullable<EnvelopedData["authenticated"]>,
): ContentCipher | null {
  const [nonce, tagLength] = partsOf(algorithm.parameters ?? undefined, tags.sequence);
  const iv = expectOctets(nonce);
  const icvLength = tagLength === undefined ? 12 : smallIntegerIn(tagLength);
  if (icvLength < 12 || icvLength > 16) return null;
  if (mac.length !== icvLength) throw malformed("tag of another length than announced");
  return {
    name: `aes-${bits}-gcm`,
    keyLength: bits / 8,
    weak: false,
    decrypt: async (key) => {
      const algorithm = {
        name: "AES-GCM",
        iv: bufferSource(iv),
        tagLength: icvLength * 8,
        additionalData: bufferSource(additionalData),
      };
      const imported = await importAesKey(algorithm.name, key);
      return new Uint8Array(
        await withTagBehind(encryptedContent, mac, (sealed) =>
          crypto.subtle.decrypt(algorithm, imported, sealed),
        ),
      );
    },
  };
}

/**
 * WebCrypto wants the tag behind the content, which may be large. Where the message's buffer goes
 * on behind it, the tag is put there for as long as `use` runs: WebCrypto has taken its copy when it
 * returns its promise.
 */
function withTagBehind<Result>(
  content: Uint8Array,
  tag: Uint8Array,
  use: (sealed: Uint8Array<ArrayBuffer>) => Result,
): Result {
  const { buffer, byteOffset, length } = bufferSource(content);
  if (buffer.byteLength - byteOffset - length < tag.length) {
    return use(bufferSource(concatOctets(content, tag)));
  }
  const behind = new Uint8Array(buffer, byteOffset + length, tag.length);
  const before = behind.slice();
  behind.set(tag);
  try {
    return use(new Uint8Array(buffer, byteOffset, length + tag.length));
  } finally {
    behind.set(before);
  }
}

function rc2(algorithm: AlgorithmIdentifier, content: Uint8Array): ContentCipher | null {
  const parameters = readRc2Parameters(algorithm);
  if (parameters === null) return null;
  const { effectiveBits, iv } = parameters;
  return {
    name: `rc2-${effectiveBits}-cbc`,
    keyLength: effectiveBits / 8,
    weak: true,
    decrypt: (key) => Promise.resolve(rc2CbcDecrypt(key, effectiveBits, iv, content)),
  };
}

async function aesDecrypt(
  algorithm: AesCbcParams,
  key: Uint8Array,
  content: Uint8Array,
): Promise<Uint8Array> {
  const imported = await importAesKey(algorithm.name, key);
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, imported, bufferSource(content)));
}

function importAesKey(name: string, key: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bufferSource(key), name, false, ["decrypt"]);
}

function parameterIv({ parameters }: AlgorithmIdentifier): Uint8Array {
  return parameters === null ? new Uint8Array(0) : contentOf(parameters);
}
