import { parseCertificate } from "../asn1/certificate.ts";
import { readContentInfo, type ContentInfo } from "../asn1/content-info.ts";
import { readEnvelopedData } from "../asn1/enveloped-data.ts";
import { contentTypes } from "../asn1/oids.ts";
import { readSignedData, type SignedData } from "../asn1/signed-data.ts";
import { SmimeError } from "../errors.ts";
import { isPlainContentType } from "../mime/content-type.ts";
import { readEntity, type Entity } from "../mime/entity.ts";
import { headerValues } from "../mime/header-fields.ts";
import { multipartParts } from "../mime/multipart.ts";
import { decodeBody } from "../mime/transfer-encoding.ts";
import { octetsOf } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";
import type { TrustAnchor } from "../trust/path.ts";
import type { RevocationInput } from "../trust/revocation.ts";
import { inflate } from "./compressed-data.ts";
import { decryptEnveloped, type DecryptContext } from "./decrypt.ts";
import { withMessageRevocation } from "./message-revocation.ts";
import { cmsBody, entityKind } from "./protection-hint.ts";
import type { VerificationMemo } from "./verification-memo.ts";
import type { EncryptionReason, EncryptionVerdict, Layer } from "./verdict.ts";
import { conclude, verifySignedData, type VerifiedSignature } from "./verify.ts";

export interface UnwrapContext extends DecryptContext {
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly TrustAnchor[];
  readonly now: Date;
  readonly revocation?: RevocationInput;
  readonly memo?: VerificationMemo;
  readonly from: string | null;
}

/** One layer taken off. */
export interface Unwrapped {
  readonly layer: Layer;
  /** What was inside; null where there is nothing to go on with. */
  readonly inner: Uint8Array | null;
  readonly signed: SignedLayer | null;
  /** The own certificate whose key opened an encrypted layer. */
  readonly decryptedWith: Certificate | null;
}

export interface SignedLayer {
  readonly verified: VerifiedSignature;
  /** As they came with the signature, in its order. */
  readonly certificates: readonly Certificate[];
}

export const NOT_ENCRYPTED: EncryptionVerdict = {
  verdict: "none",
  reason: null,
  cipher: null,
  keyManagement: [],
  authenticated: false,
  weak: false,
};

const COMPRESSED = { layer: { kind: "compressed" }, signed: null, decryptedWith: null } as const;

/**
 * Takes the outermost cryptographic layer off an entity; null if it has none.
 * @throws only what `privateKey` throws
 */
export async function unwrap(entity: Entity, context: UnwrapContext): Promise<Unwrapped | null> {
  const kind = entityKind(entity.fields);
  switch (kind.kind) {
    case "multipart-signed":
      return unwrapMultipart(entity, kind.boundary, context);
    case "pkcs7-mime": {
      const signed = kind.smimeType === "signed-data" || kind.smimeType === "certs-only";
      const content = orMalformed(() => readContentInfo(cmsBody(entity.fields, entity.body)));
      if (content === null) return signed ? malformedSignature(null) : malformedEncryption();
      return unwrapContent(content, context);
    }
    case "other":
      return null;
  }
}

/** RFC 8551, section 3.5.3: two parts, the content and its signature. */
async function unwrapMultipart(
  entity: Entity,
  boundary: string,
  context: UnwrapContext,
): Promise<Unwrapped> {
  const [content, signature, ...others] = multipartParts(entity.body, boundary);
  if (content === undefined || signature === undefined || others.length > 0) {
    return malformedSignature(content ?? null);
  }
  // Readers differ in what else they take for a delimiter line (white space after it, a bare CR
  // before it), and Thunderbird shows its own reading: there must be nothing to differ about.
  if (countOf(entity.body, octetsOf(`--${boundary}`)) !== 3 || !isPlainlyFramed(entity)) {
    return malformedSignature(content);
  }
  const { fields, body } = readEntity(signature);
  const signedData = orMalformed(() => {
    const info = readContentInfo(cmsBody(fields, body));
    return info.contentType === contentTypes.signedData ? readSignedData(info.content) : null;
  });
  if (signedData === null || signedData.content !== null) return malformedSignature(content);
  return unwrapSigned(signedData, content, false, context);
}

function isPlainlyFramed({ fields, body }: Entity): boolean {
  const types = headerValues(fields, "content-type");
  return types.every(isPlainContentType) && decodeBody(fields, body) === body;
}

function countOf(octets: Uint8Array, wanted: Uint8Array): number {
  const first = wanted[0] ?? 0;
  let count = 0;
  for (let at = octets.indexOf(first); at !== -1; at = octets.indexOf(first, at + 1)) {
    if (wanted.every((octet, index) => octets[at + index] === octet)) count++;
  }
  return count;
}

async function unwrapContent(
  { contentType, content }: ContentInfo,
  context: UnwrapContext,
): Promise<Unwrapped> {
  switch (contentType) {
    case contentTypes.signedData: {
      const signedData = orMalformed(() => readSignedData(content));
      if (signedData === null) return malformedSignature(null);
      // Without signers it only carries certificates, and may have an empty content beside them.
      const bare = signedData.signers.length === 0 && signedData.content?.length === 0;
      if (signedData.content !== null && !bare) {
        return unwrapSigned(signedData, signedData.content, true, context);
      }
      if (signedData.signers.length > 0) return malformedSignature(null);
      const certificates = await readableCertificates(signedData, context.memo);
      return {
        layer: { kind: "certs-only", certificates },
        inner: null,
        signed: null,
        decryptedWith: null,
      };
    }
    case contentTypes.envelopedData:
    case contentTypes.authEnvelopedData: {
      const authenticated = contentType === contentTypes.authEnvelopedData;
      const enveloped = orMalformed(() => readEnvelopedData(content, authenticated));
      if (enveloped === null) return malformedEncryption();
      const decrypted = await orMalformedAsync(() => decryptEnveloped(enveloped, context));
      if (decrypted === null) return malformedEncryption();
      const layer = { kind: "encrypted", encryption: decrypted.verdict } as const;
      return { layer, inner: decrypted.content, signed: null, decryptedWith: decrypted.own };
    }
    case contentTypes.compressedData:
      try {
        return { ...COMPRESSED, inner: await inflate(content) };
      } catch (error) {
        return { ...COMPRESSED, inner: assertMalformed(error) };
      }
    default:
      return encryptionFailure("unsupported", "algorithm-unsupported");
  }
}

async function unwrapSigned(
  signedData: SignedData,
  content: Uint8Array,
  opaque: boolean,
  context: UnwrapContext,
): Promise<Unwrapped> {
  const certificates = await readableCertificates(signedData, context.memo);
  const verified = await verifySignedData(signedData, content, {
    ...context,
    revocation: withMessageRevocation(context.revocation, signedData),
    carried: certificates,
    candidates: [...certificates, ...context.intermediates, ...context.ownCertificates],
  });
  const layer = { kind: "signed", opaque, signature: verified.verdict } as const;
  const inner = opaque && signedData.contentType !== contentTypes.data ? null : content;
  return { layer, inner, signed: { verified, certificates }, decryptedWith: null };
}

async function readableCertificates(
  signedData: SignedData,
  memo: VerificationMemo | undefined,
): Promise<Certificate[]> {
  const certificates: Certificate[] = [];
  for (const encoded of signedData.certificates) {
    try {
      certificates.push(await (memo?.parse(encoded) ?? parseCertificate(encoded)));
    } catch (error) {
      // An attribute certificate or nonsense beside the signer's own: no reason to stop.
      if (!(error instanceof SmimeError)) throw error;
    }
  }
  return certificates;
}

/** A signature that could not even be looked into. */
export function malformedSignature(inner: Uint8Array | null): Unwrapped {
  const verified = conclude("invalid", "malformed");
  return {
    layer: { kind: "signed", opaque: inner === null, signature: verified.verdict },
    inner,
    signed: { verified, certificates: [] },
    decryptedWith: null,
  };
}

function malformedEncryption(): Unwrapped {
  return encryptionFailure("failed", "malformed");
}

/** A layer that could not even be looked into. */
export function encryptionFailure(
  verdict: EncryptionVerdict["verdict"],
  reason: EncryptionReason,
): Unwrapped {
  const encryption = { ...NOT_ENCRYPTED, verdict, reason };
  return {
    layer: { kind: "encrypted", encryption },
    inner: null,
    signed: null,
    decryptedWith: null,
  };
}

function orMalformed<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    return assertMalformed(error);
  }
}

/** The vault's refusals pass through: only what the content did wrong is a verdict. */
async function orMalformedAsync<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SmimeError && error.code === "cms-malformed") return null;
    throw error;
  }
}

/** Content may be malformed; anything else that is thrown is a fault of this code. */
function assertMalformed(error: unknown): null {
  if (error instanceof SmimeError) return null;
  throw error;
}
