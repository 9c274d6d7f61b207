import { attributeTypes } from "../asn1/oids.ts";
import {
  readCertificateIdentifier,
  type CertificateIdentifier,
  type SignerInfo,
} from "../asn1/signed-data.ts";
import { children, contextTag, expectOctets, octetsIn, tags, type Tlv } from "../asn1/tlv.ts";
import { SmimeError } from "../errors.ts";
import { sameAddress } from "../trust/addresses.ts";
import type { Certificate } from "../trust/certificate.ts";
import { mailUses } from "../trust/uses.ts";
import { readCapabilities } from "./capabilities.ts";
import { identifies } from "./certificate-identifiers.ts";
import { attributeValue } from "./signed-attributes.ts";
import type { Capabilities } from "./verdict.ts";

/** What the signed attributes say about the sender's abilities; null if nothing or nonsense. */
export function announcedCapabilities(signer: SignerInfo): Capabilities | null {
  return orNull(() => {
    const value = attributeValue(signer, attributeTypes.smimeCapabilities);
    return value === null ? null : readCapabilities(value);
  });
}

/**
 * The certificate to encrypt to: what SMIMEEncryptionKeyPreference names (RFC 8551, section 2.5.3),
 * else the signer's own if it is fit, else another one that came along. Always one that shares an
 * address with the signer's: nobody announces somebody else's key.
 */
export function announcedEncryptionCertificate(
  signer: SignerInfo,
  own: Certificate,
  received: readonly Certificate[],
): Certificate | null {
  const preferred = orNull(() => preference(signer));
  const usable = [own, ...received].filter(
    (certificate) =>
      mailUses(certificate).has("encrypt") &&
      certificate.basicConstraints?.authority !== true &&
      certificate.addresses.some((address) =>
        own.addresses.some((other) => sameAddress(address, other)),
      ),
  );
  const named = usable.find(
    (certificate) => preferred !== null && identifies(preferred, certificate),
  );
  return named ?? usable[0] ?? null;
}

function preference(signer: SignerInfo): CertificateIdentifier | null {
  const value = attributeValue(signer, attributeTypes.encryptionKeyPreference);
  if (value !== null) return readPreference(value);
  const microsoft = attributeValue(signer, attributeTypes.microsoftEncryptionKeyPreference);
  return microsoft === null ? null : readCertificateIdentifier(microsoft);
}

function readPreference(value: Tlv): CertificateIdentifier | null {
  switch (value.tag) {
    case contextTag(0, true):
      return readCertificateIdentifier({ ...value, tag: tags.sequence });
    case contextTag(1, true):
      return {
        kind: "subject-key-identifier",
        keyIdentifier: expectOctets(children(value)[0]),
      };
    case contextTag(2, false):
      return { kind: "subject-key-identifier", keyIdentifier: octetsIn(value) };
    default:
      return null;
  }
}

function orNull<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof SmimeError) return null;
    throw error;
  }
}
