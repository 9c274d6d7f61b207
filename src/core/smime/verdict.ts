import type { Entity } from "../mime/entity.ts";
import type { Certificate } from "../trust/certificate.ts";
import type { PathVerdict } from "../trust/path.ts";

/** What the user is told about the whole message. At most these states (RFC 9787, section 5). */
export type Protection = "none" | "signed" | "encrypted" | "signed-and-encrypted";

/** Why a signature is not `valid`; the first reason that was met. */
export type SignatureReason =
  | "content-altered" // the message digest does not match
  | "signature-wrong" // the digest matches, the signature does not
  | "signed-attributes-wrong" // RFC 5652, section 5.3 and 11
  | "malformed"
  | "no-signer"
  | "signer-certificate-missing"
  | "several-signers" // more than one, and not all agree
  | "weak-digest"
  | "weak-key"
  | "algorithm-unsupported"
  | "algorithms-disagree" // content and signature use different digests (RFC 8933)
  | "content-unsupported" // something else than a message is signed
  | "address-mismatch"
  | "from-contradicted" // From under the signature is another address than outside
  | "not-whole-message" // something around the signature is unprotected
  | "outside-encryption" // only the ciphertext is signed; says nothing of its content
  | "signing-time-in-future"
  | "certificate-path"; // see `path`

export interface SignatureVerdict {
  /**
   * `valid` only if the bytes, the signer's path, the use and the address are all right and the
   * signature covers the whole message. `mismatch`: everything right but From is another address.
   */
  readonly verdict:
    "valid" | "untrusted" | "mismatch" | "invalid" | "weak" | "unsupported" | "none";
  readonly reason: SignatureReason | null;
  readonly signer: Certificate | null;
  /** For people, such as "RSA PKCS#1 v1.5 with SHA-256". */
  readonly algorithm: string | null;
  /** What the signer says, which proves nothing. */
  readonly signedAt: Date | null;
  /** The time at which the path had to be valid; null where none was looked for. */
  readonly checkedAt: Date | null;
  /** Whether the certificate was valid when the signer says to have signed; null if unknown. */
  readonly signerAtSigning: "valid" | "expired" | "not-yet-valid" | null;
  readonly coversWholeMessage: boolean;
  /** null where there was nothing to build a path from. */
  readonly path: PathVerdict | null;
}

export type EncryptionReason =
  | "no-matching-key" // encrypted to other certificates than mine
  | "decryption-failed" // deliberately uniform: padding, tag and key failures look alike
  | "malformed"
  | "algorithm-unsupported"
  | "too-deep";

export interface EncryptionVerdict {
  readonly verdict: "decrypted" | "no-key" | "failed" | "unsupported" | "none";
  readonly reason: EncryptionReason | null;
  /** "aes-256-gcm", "aes-128-cbc", "des-ede3-cbc" …; null if not encrypted. */
  readonly cipher: string | null;
  /** One entry per recipient info: "rsaes-pkcs1-v1_5", "rsaes-oaep", "ecdh-p256" … */
  readonly keyManagement: readonly string[];
  /** AES-GCM, or a signature inside that covers the content. CBC alone is not (EFAIL). */
  readonly authenticated: boolean;
  /** A cipher that is only read, never sent. */
  readonly weak: boolean;
}

/** One cryptographic layer, outermost first. */
export type Layer =
  | { readonly kind: "signed"; readonly opaque: boolean; readonly signature: SignatureVerdict }
  | { readonly kind: "encrypted"; readonly encryption: EncryptionVerdict }
  | { readonly kind: "certs-only"; readonly certificates: readonly Certificate[] }
  /** Protects nothing. */
  | { readonly kind: "compressed" };

/** A header field of the message, MIME structure apart. Values are for people (RFC 2047 decoded). */
export interface MessageHeader {
  /** As it is written: "Subject". */
  readonly name: string;
  readonly value: string;
  /**
   * `confidential`: the author encrypted it and put nothing or something else outside. `signed`: it
   * was visible on the way, and a signature that counts covers it (RFC 9788, section 4.3).
   */
  readonly protection: "confidential" | "signed" | "none";
  /** The same field outside, where anybody may have changed it; null if there is none. */
  readonly outer: string | null;
}

/** Addresses; null unless there is exactly one (RFC 9788, section 4.4). */
export interface FromFields {
  /** What Thunderbird shows and what mail servers may have checked. */
  readonly outer: string | null;
  /** From under header protection. */
  readonly inner: string | null;
  /** False if any From inside is another one than outside. A signature does not count then. */
  readonly agrees: boolean;
}

/** What reading a message came to. Never a boolean, never an exception for hostile content. */
export interface OpenedMessage {
  readonly protection: Protection;
  readonly signature: SignatureVerdict;
  readonly encryption: EncryptionVerdict;
  readonly layers: readonly Layer[];
  /** Those under header protection first, then those that are only outside. */
  readonly headers: readonly MessageHeader[];
  readonly from: FromFields;
  /**
   * The message to render: its header fields, the protected ones in place of their outer
   * counterparts, then the innermost MIME entity of the cryptographic envelope without legacy
   * display elements (RFC 9788). null if it could not be decrypted.
   */
  readonly rendered: Entity | null;
  /** The same, written out when it is first asked for: a copy, where something was unwrapped. */
  readonly content: Uint8Array | null;
  /** My certificate whose key opened the outermost encryption; null if nothing was decrypted. */
  readonly decryptedWith: Certificate | null;
  /** Certificates found in signatures whose bytes verified: the signer's first, then the others. */
  readonly certificates: readonly Certificate[];
  /** The certificate the sender wants to be encrypted to (SMIMEEncryptionKeyPreference), from a verified signature. */
  readonly encryptionCertificate: Certificate | null;
  /** SMIMECapabilities (RFC 8551, section 2.5.2) from a verified signature. */
  readonly capabilities: Capabilities | null;
}

/** Object identifiers the sender announced, in order of preference. */
export interface Capabilities {
  readonly algorithms: readonly string[];
}
