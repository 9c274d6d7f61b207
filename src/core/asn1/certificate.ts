import { SmimeError } from "../errors.ts";
import { bufferSource, hexText } from "../octets.ts";
import { keyUsages } from "../trust/certificate.ts";
import type { Certificate, KeyUsage } from "../trust/certificate.ts";
import { certificateParts, extensionIds } from "./certificate-fields.ts";
import { booleanIn, namedBitsIn } from "./certificate-values.ts";
import { distinguishedName, emailAddresses } from "./distinguished-name.ts";
import { generalName, isMailbox } from "./general-names.ts";
import { nameConstraints } from "./name-constraints.ts";
import { hasUnknownQualifiers, policyExtensionsOf } from "./policies.ts";
import { publicKey } from "./public-key.ts";
import { partsInOrder, wholeTlv } from "./strict-der.ts";
import { contentOf, contextTag, expectOctets, partsOf, tags, type Tlv } from "./tlv.ts";
import { oidIn, smallIntegerIn } from "./values.ts";

/**
 * Path validation looks at these, so that they may be critical; key identifiers may not (RFC 5280,
 * 4.2.1.1 and 4.2.1.2), nor may addresses (4.2.2.1).
 */
const processedExtensions = new Set<string>(Object.values(extensionIds));
processedExtensions.delete(extensionIds.subjectKeyIdentifier);
processedExtensions.delete(extensionIds.authorityKeyIdentifier);
processedExtensions.delete(extensionIds.authorityInformationAccess);

/**
 * One DER-encoded X.509 certificate.
 * @throws SmimeError certificate-malformed for anything else, bytes after its end included
 */
export async function parseCertificate(der: Uint8Array): Promise<Certificate> {
  // `slice` of one of Node's buffers would be a view that its owner can write to.
  const own = Uint8Array.from(der);
  const fingerprint = await fingerprintOf(own);
  try {
    return read(own, fingerprint);
  } catch (cause) {
    throw new SmimeError("certificate-malformed", { cause });
  }
}

/** SHA-256 over the encoding, in lower-case hexadecimal digits. */
export async function fingerprintOf(der: Uint8Array): Promise<string> {
  return hexText(new Uint8Array(await crypto.subtle.digest("SHA-256", bufferSource(der))));
}

function read(der: Uint8Array, fingerprint: string): Certificate {
  const parts = certificateParts(der);
  const { extensions } = parts.fields;
  const extension = <T>(id: string, parse: (element: Tlv) => T): T | null => {
    const found = extensions.find((candidate) => candidate.id === id);
    return found === undefined ? null : parse(wholeTlv(found.value));
  };

  const alternative = extension(extensionIds.subjectAlternativeName, mailboxes) ?? [];
  // Path validation reads these again; malformed ones are found here, with all else.
  extension(extensionIds.nameConstraints, nameConstraints);
  policyExtensionsOf({ der });
  return {
    der,
    fingerprint,
    serialNumber: parts.serialNumber,
    subject: distinguishedName(parts.subject),
    issuer: distinguishedName(parts.issuer),
    notBefore: parts.notBefore,
    notAfter: parts.notAfter,
    publicKey: publicKey(parts.subjectPublicKeyInfo.slice()),
    keyUsage: extension(extensionIds.keyUsage, namedKeyUsages),
    extendedKeyUsage: extension(extensionIds.extendedKeyUsage, (list) =>
      partsOf(list, tags.sequence).map(oidIn),
    ),
    basicConstraints: extension(extensionIds.basicConstraints, basicConstraints),
    addresses:
      alternative.length > 0 ? alternative : emailAddresses(parts.subject).filter(isMailbox),
    subjectKeyIdentifier: extension(extensionIds.subjectKeyIdentifier, (element) =>
      expectOctets(element).slice(),
    ),
    authorityKeyIdentifier: extension(extensionIds.authorityKeyIdentifier, keyIdentifier),
    unknownCriticalExtensions: extensions
      .filter(
        ({ id, critical, value }) =>
          critical &&
          (!processedExtensions.has(id) ||
            (id === extensionIds.certificatePolicies && hasUnknownQualifiers(wholeTlv(value)))),
      )
      .map(({ id }) => id),
  };
}

function mailboxes(generalNames: Tlv): string[] {
  return partsOf(generalNames, tags.sequence)
    .map(generalName)
    .filter((name) => name.kind === "rfc822Name" || name.kind === "smtpUtf8Mailbox")
    .map(({ address }) => address)
    .filter(isMailbox);
}

function namedKeyUsages(element: Tlv): ReadonlySet<KeyUsage> {
  const octets = namedBitsIn(element);
  return new Set(
    keyUsages.filter((_, bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0),
  );
}

function basicConstraints(element: Tlv): Certificate["basicConstraints"] {
  const [authority, pathLength] = partsInOrder(element, tags.sequence, [
    tags.boolean,
    tags.integer,
  ]);
  return {
    authority: authority !== undefined && booleanIn(authority),
    pathLength: pathLength === undefined ? null : smallIntegerIn(pathLength),
  };
}

function keyIdentifier(element: Tlv): Uint8Array | null {
  const identifier = partsOf(element, tags.sequence).find(
    ({ tag }) => tag === contextTag(0, false),
  );
  return identifier === undefined ? null : contentOf(identifier).slice();
}
