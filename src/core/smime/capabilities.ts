import { ciphers, publicKeys } from "../asn1/oids.ts";
import { derOid, derSequence } from "../asn1/der.ts";
import { partsOf, tags, type Tlv } from "../asn1/tlv.ts";
import { oidIn } from "../asn1/values.ts";
import { oaepSha256Algorithm } from "./rsaes-oaep.ts";
import type { Capabilities } from "./verdict.ts";

const MAX_CAPABILITIES = 100;

/** What this code reads, best first. */
const contentCiphers = [
  ciphers.aes256Gcm,
  ciphers.aes128Gcm,
  ciphers.aes256Cbc,
  ciphers.aes192Cbc,
  ciphers.aes128Cbc,
];

/** For the sender's own copy, which this code will read again. */
export const senderCapabilities: Capabilities = { algorithms: contentCiphers };

/**
 * SMIMECapabilities (RFC 8551, section 2.5.2) that this code announces. OAEP only where
 * the sender's own key can use it.
 */
export function ownCapabilities(announceOaep: boolean): Uint8Array {
  return derSequence(
    ...contentCiphers.map((oid) => derSequence(derOid(oid))),
    ...(announceOaep ? [oaepSha256Algorithm()] : []),
  );
}

/** @throws SmimeError cms-malformed */
export function readCapabilities(value: Tlv): Capabilities {
  const announced = partsOf(value, tags.sequence).slice(0, MAX_CAPABILITIES);
  return {
    algorithms: announced.map((capability) => oidIn(partsOf(capability, tags.sequence)[0])),
  };
}

export function announces(capabilities: Capabilities | null, oid: string): boolean {
  return capabilities?.algorithms.includes(oid) ?? false;
}

export function announcesOaep(capabilities: Capabilities | null): boolean {
  return announces(capabilities, publicKeys.rsaesOaep);
}
