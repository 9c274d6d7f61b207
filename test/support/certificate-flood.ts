import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import {
  derBitString,
  derExplicit,
  derOctetString,
  derOid,
  derSequence,
  derSmallInteger,
  derTime,
  der,
  derSetOf,
} from "../../src/core/asn1/der.ts";
import { publicKeys } from "../../src/core/asn1/oids.ts";
import { tags } from "../../src/core/asn1/tlv.ts";
import { ecdsaSignatureValue } from "../../src/core/smime/verify-signature.ts";
import type { Certificate } from "../../src/core/trust/certificate.ts";

/** Authorities by the thousand, which openssl would take minutes to make. */

export type KeyPair = CryptoKeyPair;

const ecdsa = { name: "ECDSA", namedCurve: "P-256" };

export async function keyPair(): Promise<KeyPair> {
  return crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
}

let serial = 1;

/** An authority's certificate of P-256, without key identifiers. */
export async function authorityCertificate(options: {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyPair;
  readonly signedBy: KeyPair;
}): Promise<Certificate> {
  const algorithm = derSequence(derOid(publicKeys.ecdsaWithSha256));
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", options.key.publicKey));
  const constraints = derSequence(
    derOid("2.5.29.19"),
    der(tags.boolean, Uint8Array.of(0xff)),
    derOctetString(derSequence(der(tags.boolean, Uint8Array.of(0xff)))),
  );
  const tbs = derSequence(
    derExplicit(0, derSmallInteger(2)),
    derSmallInteger(serial++),
    algorithm,
    name(options.issuer),
    derSequence(derTime(new Date("2020-01-01")), derTime(new Date("2049-01-01"))),
    name(options.subject),
    spki,
    derExplicit(3, derSequence(constraints)),
  );
  const raw = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    options.signedBy.privateKey,
    Uint8Array.from(tbs),
  );
  const signature = ecdsaSignatureValue(new Uint8Array(raw));
  return parseCertificate(derSequence(tbs, algorithm, derBitString(signature)));
}

function name(commonName: string): Uint8Array {
  const value = der(0x0c, new TextEncoder().encode(commonName));
  return derSequence(derSetOf([derSequence(derOid("2.5.4.3"), value)]));
}
