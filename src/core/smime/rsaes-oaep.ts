import {
  children,
  contextTag,
  explicitPart,
  expectOctets,
  malformed,
  partsOf,
  tags,
} from "../asn1/tlv.ts";
import { algorithmIn, type AlgorithmIdentifier } from "../asn1/values.ts";
import { digests, publicKeys } from "../asn1/oids.ts";
import { derExplicit, derNull, derOid, derSequence } from "../asn1/der.ts";
import { bufferSource } from "../octets.ts";
import { digestName, digestOf, mgf1, type DigestName } from "./digest-algorithms.ts";
import { readRsaPrivateKey, rsaPrivateOperation } from "./rsa-keys.ts";

/** RSAES-OAEP (RFC 8017, section 7.1) with the parameters of RFC 4055, section 4.1. */
interface OaepParameters {
  readonly hash: DigestName;
  readonly maskHash: DigestName;
  readonly label: Uint8Array;
}

/** AlgorithmIdentifier with SHA-256 for both digests, as RFC 8551, section 2.5.2, announces it. */
export function oaepSha256Algorithm(): Uint8Array {
  const sha256 = derSequence(derOid(digests.sha256), derNull());
  const mgf1 = derSequence(derOid(publicKeys.mgf1), sha256);
  return derSequence(
    derOid(publicKeys.rsaesOaep),
    derSequence(derExplicit(0, sha256), derExplicit(1, mgf1)),
  );
}

/** With SHA-256 and no label. @param spki SubjectPublicKeyInfo, DER */
export async function encryptKeyOaep(spki: Uint8Array, key: Uint8Array): Promise<Uint8Array> {
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256" };
  const publicKey = await crypto.subtle.importKey("spki", bufferSource(spki), algorithm, false, [
    "encrypt",
  ]);
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, publicKey, bufferSource(key)));
}

/**
 * null for parameters that name a digest or source this code does not have.
 * @throws SmimeError cms-malformed
 */
export function readOaepParameters(algorithm: AlgorithmIdentifier): OaepParameters | null {
  let hash: DigestName | null = "SHA-1";
  let maskHash: DigestName | null = "SHA-1";
  let label: Uint8Array = new Uint8Array(0);
  const fields = algorithm.parameters?.tag === tags.sequence ? children(algorithm.parameters) : [];
  for (const field of fields) {
    const value = algorithmIn(explicitPart(field));
    if (field.tag === contextTag(0, true)) hash = digestName(value.oid);
    else if (field.tag === contextTag(1, true)) {
      if (value.oid !== publicKeys.mgf1) return null;
      maskHash = digestName(algorithmIn(value.parameters ?? undefined).oid);
    } else if (field.tag === contextTag(2, true)) {
      if (value.oid !== publicKeys.pSpecified) return null;
      label = expectOctets(partsOf(value.tlv, tags.sequence)[1]);
    } else throw malformed("parameter of RSAES-OAEP");
  }
  return hash === null || maskHash === null ? null : { hash, maskHash, label };
}

/** null for whatever is wrong with the block or the key, without saying what. */
export async function decryptKeyOaep(
  pkcs8: Uint8Array,
  parameters: OaepParameters,
  encryptedKey: Uint8Array,
): Promise<Uint8Array | null> {
  // WebCrypto has one digest for both purposes; Java's default, among others, has two.
  if (parameters.hash !== parameters.maskHash) return decodeBlock(pkcs8, parameters, encryptedKey);
  try {
    const key = await crypto.subtle.importKey(
      "pkcs8",
      bufferSource(pkcs8),
      { name: "RSA-OAEP", hash: parameters.hash },
      false,
      ["decrypt"],
    );
    return new Uint8Array(
      await crypto.subtle.decrypt(
        { name: "RSA-OAEP", label: bufferSource(parameters.label) },
        key,
        bufferSource(encryptedKey),
      ),
    );
  } catch {
    return null;
  }
}

/** EME-OAEP decoding, RFC 8017, section 7.1.2. */
async function decodeBlock(
  pkcs8: Uint8Array,
  parameters: OaepParameters,
  encryptedKey: Uint8Array,
): Promise<Uint8Array | null> {
  const block = rsaPrivateOperation(readRsaPrivateKey(pkcs8), encryptedKey);
  const labelHash = await digestOf(parameters.hash, parameters.label);
  if (block === null || block.length < 2 * labelHash.length + 2) return null;
  const maskedSeed = block.subarray(1, 1 + labelHash.length);
  const maskedData = block.subarray(1 + labelHash.length);
  const seed = xor(maskedSeed, await mgf1(parameters.maskHash, maskedData, maskedSeed.length));
  const data = xor(maskedData, await mgf1(parameters.maskHash, seed, maskedData.length));
  let wrong = block[0] ?? 1;
  for (let index = 0; index < labelHash.length; index++) {
    wrong |= (data[index] ?? 0) ^ (labelHash[index] ?? 0);
  }
  let start = 0;
  for (let index = labelHash.length; index < data.length; index++) {
    const octet = data[index] ?? 0;
    const first = start === 0 ? 1 : 0;
    start |= first * (octet === 1 ? index + 1 : 0);
    wrong |= first * (octet > 1 ? 1 : 0);
  }
  return wrong !== 0 || start === 0 ? null : data.subarray(start);
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((octet, index) => octet ^ (b[index] ?? 0));
}
