import { fromAddress, mailboxAddress } from "../mime/from-address.ts";
import { contentTypeOf } from "../mime/content-type.ts";
import { entityOctets, readEntity, type Entity } from "../mime/entity.ts";
import { headerValues, isAmbiguousHeader, type HeaderField } from "../mime/header-fields.ts";
import { multipartParts } from "../mime/multipart.ts";
import { canonicalAddress } from "../trust/addresses.ts";
import type { Certificate } from "../trust/certificate.ts";
import type { TrustAnchor } from "../trust/path.ts";
import type { RevocationInput } from "../trust/revocation.ts";
import {
  messageHeaders,
  readPayload,
  renderedMessage,
  type ReadPayload,
} from "./header-protection.ts";
import { messageSignature, type MessageSignature } from "./message-signature.ts";
import { entityKind } from "./protection-hint.ts";
import { announcedCapabilities, announcedEncryptionCertificate } from "./sender-keys.ts";
import {
  encryptionFailure,
  malformedSignature,
  NOT_ENCRYPTED,
  unwrap,
  type SignedLayer,
  type UnwrapContext,
  type Unwrapped,
} from "./unwrap.ts";
import type {
  EncryptionVerdict,
  Layer,
  OpenedMessage,
  Protection,
  SignatureVerdict,
} from "./verdict.ts";
import type { VerificationMemo } from "./verification-memo.ts";
import { conclude } from "./verify.ts";

export { protectionHint } from "./protection-hint.ts";

export interface OpenContext {
  /** Own certificates that messages may be encrypted to. */
  readonly ownCertificates: readonly Certificate[];
  /**
   * PKCS#8, DER, of the key that belongs to an own certificate. Called only when a recipient info
   * names it. Whatever it throws, such as SmimeError vault-locked, passes through `openMessage`.
   */
  readonly privateKey: (fingerprint: string) => Promise<Uint8Array>;
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly TrustAnchor[];
  readonly now: Date;
  /** Beside what signatures bring along; without it certificates fail only by that. */
  readonly revocation?: RevocationInput;
  /** For many messages one after the other. */
  readonly memo?: VerificationMemo;
}

/** Signing inside encrypting inside signing is three; no sender has a use for more than a few. */
const MAX_LAYERS = 8;

/**
 * Verifies and decrypts a message as it came from the store. Only layers that enclose the whole
 * body count; a signed part beside others gives no verdict (RFC 9787, section 6).
 * @throws only what `context.privateKey` throws
 */
export async function openMessage(
  message: Uint8Array,
  context: OpenContext,
): Promise<OpenedMessage> {
  const outer = readEntity(message);
  const from = fromAddress(message);
  const { steps, innermost, contradicted } = await peel(outer, { ...context, from });
  const layers = steps.map(({ layer }) => layer);
  const protecting = layers.filter(({ kind }) => kind !== "compressed");
  const counting = messageSignature(steps);
  const { signed } = counting;
  const encryption = encryptionOf(protecting);
  const encrypted = encryption.verdict === "decrypted";
  const payload = payloadOf(outer, innermost, protecting, encrypted);
  const inner = headerValues(payload?.protectedFields ?? [], "from");
  const fromAgrees = !contradicted && !contradicts(payload?.protectedFields ?? [], from);
  const signature = signatureOf(counting, outer, innermost, fromAgrees);
  const rendered = renderedOf();
  let content: Uint8Array | null = null;
  return {
    protection: protectionOf(signature, encryption),
    signature,
    encryption,
    layers,
    headers: messageHeaders(outer, payload ?? UNPROTECTED, signature.verdict === "valid"),
    from: {
      outer: from,
      inner: inner.length === 1 ? mailboxAddress(inner[0] ?? "") : null,
      agrees: fromAgrees,
    },
    rendered,
    get content() {
      if (rendered === outer) return message;
      return (content ??= rendered === null ? null : entityOctets(rendered));
    },
    decryptedWith: steps.find((step) => step.decryptedWith !== null)?.decryptedWith ?? null,
    ...learnedFrom(signed),
  };

  function renderedOf(): Entity | null {
    if (innermost === null) return null;
    return payload === null ? outer : renderedMessage(outer, payload, { encrypted, fromAgrees });
  }
}

const UNPROTECTED = { protectedFields: null, exposed: null };

/** What the layers enclose; null if there are none, or nothing could be seen of it. */
function payloadOf(
  outer: Entity,
  innermost: Entity | null,
  layers: readonly Layer[],
  encrypted: boolean,
): ReadPayload | null {
  if (innermost === null || innermost === outer) return null;
  // Compression alone protects nothing.
  if (layers.length === 0) return { ...UNPROTECTED, entity: innermost };
  return readPayload(outer, innermost, encrypted);
}

interface Peeled {
  /** Outermost first. */
  readonly steps: readonly Unwrapped[];
  /** null if it could not be decrypted. */
  readonly innermost: Entity | null;
  /** An entity inside has a From field that says otherwise than the message's. */
  readonly contradicted: boolean;
}

async function peel(outer: Entity, context: UnwrapContext): Promise<Peeled> {
  const steps: Unwrapped[] = [];
  let entity = outer;
  let contradicted = false;
  for (;;) {
    const deep = steps.length >= MAX_LAYERS;
    const step = deep ? tooDeep(entity) : await unwrap(entity, context);
    if (step === null) return { steps, innermost: entity, contradicted };
    steps.push(step);
    if (step.inner === null) {
      const hidden = step.layer.kind === "encrypted";
      return { steps, innermost: hidden ? null : entity, contradicted };
    }
    entity = readEntity(step.inner);
    contradicted ||= contradicts(entity.fields, context.from);
  }
}

function contradicts(fields: readonly HeaderField[], from: string | null): boolean {
  const values = headerValues(fields, "from");
  return values.length > 1 || values.some((value) => !sameMailbox(value, from));
}

function tooDeep(entity: Entity): Unwrapped | null {
  switch (entityKind(entity.fields).kind) {
    case "other":
      return null;
    case "multipart-signed":
      return malformedSignature(null);
    case "pkcs7-mime":
      return encryptionFailure("failed", "too-deep");
  }
}

function signatureOf(
  { signed, outsideEncryption }: MessageSignature,
  outer: Entity,
  innermost: Entity | null,
  fromAgrees: boolean,
): SignatureVerdict {
  if (signed === null) {
    const partly = innermost !== null && holdsProtectedPart(innermost);
    const reason = partly ? "not-whole-message" : null;
    return conclude("none", outsideEncryption ? "outside-encryption" : reason, {
      coversWholeMessage: false,
    }).verdict;
  }
  const { verdict } = signed.verified;
  if (verdict.verdict !== "valid") return verdict;
  if (isAmbiguousHeader(outer.fields)) {
    return { ...verdict, verdict: "invalid", reason: "malformed" };
  }
  if (fromAgrees) return verdict;
  return { ...verdict, verdict: "mismatch", reason: "from-contradicted" };
}

/** A mailing list's footer beside the signed message is the common case. */
function holdsProtectedPart({ fields, body }: Entity): boolean {
  const type = contentTypeOf(fields);
  const boundary = type?.parameters.get("boundary");
  if (!type?.value.startsWith("multipart/") || boundary === undefined) return false;
  return multipartParts(body, boundary).some(
    (part) => entityKind(readEntity(part).fields).kind !== "other",
  );
}

/** Two From fields agree also where they differ in letter case (RFC 9788, section 4.4.5). */
function sameMailbox(value: string, from: string | null): boolean {
  const address = mailboxAddress(value);
  if (address === null || from === null) return false;
  return canonicalAddress(address).toLowerCase() === canonicalAddress(from).toLowerCase();
}

/** The innermost encryption, since what lies behind a failed one is not known. */
function encryptionOf(layers: readonly Layer[]): EncryptionVerdict {
  const index = layers.findLastIndex(({ kind }) => kind === "encrypted");
  const layer = layers[index];
  if (layer?.kind !== "encrypted") return NOT_ENCRYPTED;
  const inside = layers[index + 1];
  const { encryption } = layer;
  return {
    ...encryption,
    authenticated:
      encryption.authenticated || (inside?.kind === "signed" && bytesVerified(inside.signature)),
    weak: layers.some((other) => other.kind === "encrypted" && other.encryption.weak),
  };
}

function bytesVerified({ verdict }: SignatureVerdict): boolean {
  return verdict === "valid" || verdict === "mismatch" || verdict === "untrusted";
}

function protectionOf(signature: SignatureVerdict, encryption: EncryptionVerdict): Protection {
  const encrypted = encryption.verdict === "decrypted";
  if (signature.verdict === "valid") return encrypted ? "signed-and-encrypted" : "signed";
  return encrypted ? "encrypted" : "none";
}

type Learned = Pick<OpenedMessage, "certificates" | "encryptionCertificate" | "capabilities">;

function learnedFrom(signed: SignedLayer | null): Learned {
  const info = signed?.verified.signer ?? null;
  const signer = signed?.verified.verdict.signer ?? null;
  if (signed === null || info === null || signer === null) {
    return { certificates: [], encryptionCertificate: null, capabilities: null };
  }
  const others = signed.certificates.filter(
    ({ fingerprint }) => fingerprint !== signer.fingerprint,
  );
  return {
    certificates: [signer, ...others],
    encryptionCertificate: announcedEncryptionCertificate(info, signer, others),
    capabilities: announcedCapabilities(info),
  };
}
