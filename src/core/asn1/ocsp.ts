import { SmimeError } from "../errors.ts";
import type { DistinguishedName } from "../trust/certificate.ts";
import { extensionsIn, signedFields } from "./certificate-fields.ts";
import type { Extension, SignedFields } from "./certificate-fields.ts";
import { revocationReasons } from "./crl.ts";
import type { RevocationReason } from "./crl.ts";
import { derExplicit, derNull, derOctetString, derOid, derSequence, der } from "./der.ts";
import { distinguishedName } from "./distinguished-name.ts";
import { explicitIn, onlyTlv, partsInOrder, wholeTlv } from "./strict-der.ts";
import {
  children,
  contentOf,
  contextTag,
  encodingOf,
  expectOctets,
  expectTag,
  malformed,
  partsOf,
  tags,
  type Tlv,
} from "./tlv.ts";
import { algorithmIn, integerHexIn, oidIn, smallIntegerIn, timeIn } from "./values.ts";

/** A successful basic response (RFC 6960, 4.2.1); nothing in it is believed yet. */
export interface OcspResponse extends SignedFields {
  readonly der: Uint8Array;
  readonly responder:
    | { readonly kind: "name"; readonly name: DistinguishedName }
    /** SHA-1 of the public key's bits. */
    | { readonly kind: "key"; readonly keyHash: Uint8Array };
  readonly responses: readonly SingleResponse[];
  /** Encoded certificates that may be the responder's. */
  readonly certificates: readonly Uint8Array[];
  readonly nonce: Uint8Array | null;
  /** A critical extension that nobody here processes. */
  readonly unknownCritical: boolean;
}

/** RFC 6960, 4.1.1. */
export interface CertificateId {
  /** Object identifier of the digest. */
  readonly digest: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serialNumber: string;
}

export interface SingleResponse {
  readonly certificate: CertificateId;
  readonly status:
    | { readonly kind: "good" }
    | { readonly kind: "unknown" }
    | {
        readonly kind: "revoked";
        readonly since: Date;
        readonly reason: RevocationReason | null;
      };
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  readonly unknownCritical: boolean;
}

const BASIC_RESPONSE = "1.3.6.1.5.5.7.48.1.1";
const NONCE = "1.3.6.1.5.5.7.48.1.2";
const ENUMERATED = 0x0a;
const SUCCESSFUL = 0;
const MAX_RESPONSES = 100;
const MAX_CERTIFICATES = 10;

/**
 * An OCSPResponse, or the BasicOCSPResponse alone, as CMS carries it too (RFC 5940).
 * @returns null where the responder says that it has no answer
 * @throws SmimeError cms-malformed, message-too-complex
 */
export function parseOcspResponse(bytes: Uint8Array): OcspResponse | null {
  const own = Uint8Array.from(bytes);
  const whole = wholeTlv(own);
  const [first] = children(expectTag(whole, tags.sequence));
  if (first?.tag !== ENUMERATED) return basicResponse(own, whole);
  const [status, explicit] = partsInOrder(whole, tags.sequence, [ENUMERATED, contextTag(0, true)]);
  if (status === undefined) throw malformed("OCSP response");
  if (smallIntegerIn({ ...status, tag: tags.integer }) !== SUCCESSFUL) return null;
  const [type, content] = partsOf(explicitIn(explicit), tags.sequence);
  if (oidIn(type) !== BASIC_RESPONSE) throw malformed("type of OCSP response");
  const basic = expectOctets(content);
  return basicResponse(own, onlyTlv(basic));
}

function basicResponse(own: Uint8Array, basic: Tlv): OcspResponse {
  const [tbs, algorithm, signature, explicit] = partsInOrder(basic, tags.sequence, [
    tags.sequence,
    tags.sequence,
    tags.bitString,
    contextTag(0, true),
  ]);
  if (tbs === undefined) throw malformed("OCSP response");
  const parts = [...children(tbs)];
  if (parts[0]?.tag === contextTag(0, true)) {
    if (smallIntegerIn(explicitIn(parts.shift())) !== 0) throw malformed("version");
  }
  const [responder, producedAt, responses, more, ...rest] = parts;
  if (rest.length > 0) throw malformed("part that has no place");
  timeIn(expectTag(producedAt, tags.generalizedTime));
  const extensions =
    more === undefined ? [] : extensionsIn(explicitIn(expectTag(more, contextTag(1, true))));
  const singles = partsOf(responses, tags.sequence);
  const certificates = explicit === undefined ? [] : partsOf(explicitIn(explicit), tags.sequence);
  if (singles.length > MAX_RESPONSES || certificates.length > MAX_CERTIFICATES)
    throw new SmimeError("message-too-complex");
  const nonce = extensions.find(({ id }) => id === NONCE);
  return {
    ...signedFields(tbs, algorithm, algorithm, signature),
    der: own,
    responder: responderIn(responder),
    responses: singles.map(singleResponse),
    certificates: certificates.map(encodingOf),
    nonce: nonce === undefined ? null : nonceIn(nonce),
    unknownCritical: extensions.some(({ id, critical }) => critical && id !== NONCE),
  };
}

/** An OCTET STRING; bare bytes from responders that never put them into one. */
function nonceIn({ value }: Extension): Uint8Array {
  return value[0] === tags.octetString && value[1] === value.length - 2 ? value.subarray(2) : value;
}

function responderIn(tlv: Tlv | undefined): OcspResponse["responder"] {
  const choice = explicitIn(tlv);
  if (choice === undefined) throw malformed("responder");
  if (tlv?.tag === contextTag(1, true)) return { kind: "name", name: distinguishedName(choice) };
  if (tlv?.tag === contextTag(2, true)) return { kind: "key", keyHash: expectOctets(choice) };
  throw malformed("responder");
}

function singleResponse(tlv: Tlv): SingleResponse {
  const [certificate, status, thisUpdate, ...more] = partsOf(tlv, tags.sequence);
  const next = more[0]?.tag === contextTag(0, true) ? explicitIn(more.shift()) : undefined;
  const explicit = more[0]?.tag === contextTag(1, true) ? explicitIn(more.shift()) : undefined;
  if (more.length > 0) throw malformed("part that has no place");
  const extensions = explicit === undefined ? [] : extensionsIn(explicit);
  return {
    certificate: certificateId(certificate),
    status: statusIn(status),
    thisUpdate: timeIn(expectTag(thisUpdate, tags.generalizedTime)),
    nextUpdate: next === undefined ? null : timeIn(expectTag(next, tags.generalizedTime)),
    unknownCritical: extensions.some(({ critical }) => critical),
  };
}

function certificateId(tlv: Tlv | undefined): CertificateId {
  const [algorithm, name, key, serialNumber] = partsOf(tlv, tags.sequence);
  return {
    digest: algorithmIn(algorithm).oid,
    issuerNameHash: expectOctets(name),
    issuerKeyHash: expectOctets(key),
    serialNumber: integerHexIn(serialNumber),
  };
}

function statusIn(tlv: Tlv | undefined): SingleResponse["status"] {
  switch (tlv?.tag) {
    case contextTag(0, false):
      return { kind: "good" };
    case contextTag(2, false):
      return { kind: "unknown" };
    case contextTag(1, true): {
      const [since, explicit] = children(tlv);
      const reason = explicitIn(explicit);
      return {
        kind: "revoked",
        since: timeIn(expectTag(since, tags.generalizedTime)),
        reason:
          reason === undefined
            ? null
            : (revocationReasons[
                smallIntegerIn({ ...expectTag(reason, ENUMERATED), tag: tags.integer })
              ] ?? null),
      };
    }
    default:
      throw malformed("status of a certificate");
  }
}

/** An OCSPRequest for one certificate (RFC 6960, 4.1.1), unsigned, DER. */
export function ocspRequest(id: CertificateId, nonce: Uint8Array | null): Uint8Array {
  const serial = id.serialNumber.match(/../g) ?? [];
  const certificate = derSequence(
    derSequence(derOid(id.digest), derNull()),
    derOctetString(id.issuerNameHash),
    derOctetString(id.issuerKeyHash),
    der(
      tags.integer,
      Uint8Array.from(serial, (pair) => parseInt(pair, 16)),
    ),
  );
  const list = derSequence(derSequence(certificate));
  if (nonce === null) return derSequence(derSequence(list));
  const extension = derSequence(derOid(NONCE), derOctetString(derOctetString(nonce)));
  return derSequence(derSequence(list, derExplicit(2, derSequence(extension))));
}

/** The bits of a SubjectPublicKeyInfo's key, which responders and requests hash. */
export function publicKeyBits(spki: Uint8Array): Uint8Array {
  const [, bits] = partsOf(wholeTlv(spki), tags.sequence);
  return contentOf(expectTag(bits, tags.bitString)).subarray(1);
}
