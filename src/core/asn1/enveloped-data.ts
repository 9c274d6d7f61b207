import { SmimeError } from "../errors.ts";
import { toDer } from "./der.ts";
import {
  children,
  contextTag,
  explicitPart,
  expectOctets,
  expectTag,
  malformed,
  octetsIn,
  partsOf,
  tags,
  type Tlv,
} from "./tlv.ts";
import { readCertificateIdentifier, type CertificateIdentifier } from "./signed-data.ts";
import { algorithmIn, bitStringIn, oidIn, type AlgorithmIdentifier } from "./values.ts";

/**
 * Read without pkijs, whose RecipientInfo refuses encrypted keys and key identifiers that come in
 * segments.
 */

/** EnvelopedData (RFC 5652, section 6) or AuthEnvelopedData (RFC 5083), as it was received. */
export interface EnvelopedData {
  readonly recipients: readonly RecipientInfo[];
  /** The type of what is encrypted. */
  readonly contentType: string;
  readonly contentEncryptionAlgorithm: AlgorithmIdentifier;
  readonly encryptedContent: Uint8Array;
  /** Of AuthEnvelopedData only. */
  readonly authenticated: {
    readonly mac: Uint8Array;
    /** DER of the authenticated attributes as a SET OF; empty if there are none. */
    readonly additionalData: Uint8Array;
  } | null;
}

/** RFC 5652, section 6.2. One recipient encrypted key of a key agreement makes one of these. */
export type RecipientInfo =
  | {
      readonly kind: "key-transport";
      readonly identifier: CertificateIdentifier;
      readonly algorithm: AlgorithmIdentifier;
      readonly encryptedKey: Uint8Array;
    }
  | {
      readonly kind: "key-agreement";
      readonly identifier: CertificateIdentifier;
      readonly algorithm: AlgorithmIdentifier;
      readonly encryptedKey: Uint8Array;
      /** The sender's ephemeral public key; null where it is somebody's certificate. */
      readonly originator: OriginatorPublicKey | null;
      readonly userKeyingMaterial: Uint8Array | null;
    }
  | { readonly kind: "kek" | "password" | "other" };

export interface OriginatorPublicKey {
  readonly algorithm: AlgorithmIdentifier;
  readonly publicKey: Uint8Array;
}

/** Lists of an organisation; each recipient is one or two hundred octets. */
const MAX_RECIPIENTS = 10_000;

/** @throws SmimeError cms-malformed, message-too-complex */
export function readEnvelopedData(content: Tlv, authenticated: boolean): EnvelopedData {
  const [version, ...rest] = partsOf(content, tags.sequence);
  expectTag(version, tags.integer);
  if (rest[0]?.tag === contextTag(0, true)) rest.shift();
  const [recipientInfos, encryptedContentInfo, ...trailer] = rest;
  const recipients = partsOf(recipientInfos, tags.set).flatMap(readRecipientInfo);
  if (recipients.length > MAX_RECIPIENTS) throw new SmimeError("message-too-complex");
  const [contentType, algorithm, encryptedContent] = partsOf(encryptedContentInfo, tags.sequence);
  if (encryptedContent === undefined) throw malformed("encrypted content is elsewhere");
  if ((encryptedContent.tag & ~0x20) !== contextTag(0, false)) throw malformed("encrypted content");
  return {
    recipients,
    contentType: oidIn(contentType),
    contentEncryptionAlgorithm: algorithmIn(algorithm),
    encryptedContent: octetsIn(encryptedContent),
    authenticated: authenticated ? readAuthentication(trailer) : null,
  };
}

function readAuthentication(trailer: readonly Tlv[]): EnvelopedData["authenticated"] {
  const attributes = trailer[0]?.tag === contextTag(1, true) ? trailer[0] : null;
  return {
    mac: expectOctets(trailer[attributes === null ? 0 : 1]),
    additionalData:
      attributes === null ? new Uint8Array(0) : toDer({ ...attributes, tag: tags.set }),
  };
}

function readRecipientInfo(info: Tlv): RecipientInfo[] {
  switch (info.tag) {
    case tags.sequence: {
      const [version, identifier, algorithm, encryptedKey] = children(info);
      expectTag(version, tags.integer);
      return [
        {
          kind: "key-transport",
          identifier: readCertificateIdentifier(identifier),
          algorithm: algorithmIn(algorithm),
          encryptedKey: expectOctets(encryptedKey),
        },
      ];
    }
    case contextTag(1, true):
      return readKeyAgreement(info);
    case contextTag(2, true):
      return [{ kind: "kek" }];
    case contextTag(3, true):
      return [{ kind: "password" }];
    default:
      return [{ kind: "other" }];
  }
}

function readKeyAgreement(info: Tlv): RecipientInfo[] {
  const [version, originator, ...rest] = children(info);
  expectTag(version, tags.integer);
  const keyingMaterial = rest[0]?.tag === contextTag(1, true) ? rest.shift() : undefined;
  const [algorithm, encryptedKeys] = rest;
  const shared = {
    kind: "key-agreement",
    algorithm: algorithmIn(algorithm),
    originator: readOriginator(explicitPart(expectTag(originator, contextTag(0, true)))),
    userKeyingMaterial:
      keyingMaterial === undefined ? null : expectOctets(explicitPart(keyingMaterial)),
  } as const;
  return partsOf(encryptedKeys, tags.sequence).map((part) => {
    const [identifier, encryptedKey] = partsOf(part, tags.sequence);
    return {
      ...shared,
      identifier: readAgreementIdentifier(identifier),
      encryptedKey: expectOctets(encryptedKey),
    };
  });
}

/** KeyAgreeRecipientIdentifier: the key identifier is inside a sequence here. */
function readAgreementIdentifier(tlv: Tlv | undefined): CertificateIdentifier {
  if (tlv?.tag !== contextTag(0, true)) return readCertificateIdentifier(tlv);
  return { kind: "subject-key-identifier", keyIdentifier: expectOctets(children(tlv)[0]) };
}

function readOriginator(choice: Tlv): OriginatorPublicKey | null {
  if (choice.tag !== contextTag(1, true)) return null;
  const [algorithm, publicKey] = children(choice);
  return { algorithm: algorithmIn(algorithm), publicKey: bitStringIn(publicKey) };
}
