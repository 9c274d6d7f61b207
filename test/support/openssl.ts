import { readFileSync } from "node:fs";
import { openssl, withFiles } from "./pki.ts";

/**
 * Messages made, verified and decrypted by `openssl cms`: the other S/MIME program. Certificates
 * and keys are PEM; a message is its octets, an entity is the inner MIME part with its own headers.
 */

export interface Signer {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Certificates above the signer's, to be sent along. */
  readonly chainPem?: string;
}

export type Cipher = "aes-128-cbc" | "aes-256-cbc" | "des3" | "aes-128-gcm" | "aes-256-gcm";

export interface Verified {
  /** The signed entity, as OpenSSL canonicalised it. */
  readonly content: Buffer;
  /** The signers' certificates. */
  readonly signersPem: string;
}

/** Whole message headers, in the order given, before the headers of an entity. */
export function withHeaders(headers: Readonly<Record<string, string>>, entity: Buffer): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  return Buffer.concat([Buffer.from(lines.join("")), entity]);
}

/** A text/plain entity in UTF-8. */
export function textEntity(text: string): Buffer {
  return Buffer.from(
    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" +
      text.replace(/[^\n -<>-~]/gu, (character) =>
        [...Buffer.from(character)]
          .map((octet) => `=${octet.toString(16).toUpperCase().padStart(2, "0")}`)
          .join(""),
      ),
  );
}

/**
 * Verifies a signed message as mail: signature, chain up to the CA, and the e-mail purpose.
 * @throws Error with what OpenSSL says when any of these fails
 */
export function verifyMessage(message: Uint8Array, caPem: string): Verified {
  return withFiles({ "ca.pem": caPem, "message.eml": message }, (path) => {
    const content = openssl([
      ...["cms", "-verify", "-in", path("message.eml")],
      ...["-CAfile", path("ca.pem"), "-no-CApath", "-no-CAstore", "-purpose", "smimesign"],
      ...["-signer", path("signers.pem")],
    ]);
    return { content, signersPem: readFileSync(path("signers.pem"), "utf8") };
  });
}

/**
 * @param recipient the certificate chooses the recipient info; without it each is tried
 * @throws Error when no recipient info fits the key
 */
export function decryptMessage(
  message: Uint8Array,
  recipient: { readonly privateKeyPem: string; readonly certificatePem?: string },
): Buffer {
  const { privateKeyPem, certificatePem } = recipient;
  const files = {
    "key.pem": privateKeyPem,
    "message.eml": message,
    ...(certificatePem === undefined ? {} : { "certificate.pem": certificatePem }),
  };
  return withFiles(files, (path) =>
    openssl([
      ...["cms", "-decrypt", "-in", path("message.eml"), "-inkey", path("key.pem")],
      ...(certificatePem === undefined ? [] : ["-recip", path("certificate.pem")]),
    ]),
  );
}

/** multipart/signed, or with `opaque` application/pkcs7-mime; SHA-256. */
export function signMessage(
  entity: Uint8Array,
  signer: Signer,
  { opaque = false, args = [] }: { opaque?: boolean; args?: readonly string[] } = {},
): Buffer {
  const { certificatePem, privateKeyPem, chainPem } = signer;
  const files = {
    "certificate.pem": certificatePem,
    "key.pem": privateKeyPem,
    "chain.pem": chainPem ?? "",
  };
  return withFiles(files, (path) =>
    openssl(
      [
        ...["cms", "-sign", "-signer", path("certificate.pem"), "-inkey", path("key.pem")],
        ...["-md", "sha256"],
        ...(chainPem ? ["-certfile", path("chain.pem")] : []),
        ...(opaque ? ["-nodetach"] : []),
        ...args,
      ],
      entity,
    ),
  );
}

/** enveloped-data, or authEnveloped-data (RFC 5083) with a GCM cipher. */
export function encryptMessage(
  entity: Uint8Array,
  recipientsPem: readonly string[],
  { cipher = "aes-256-cbc", args = [] }: { cipher?: Cipher; args?: readonly string[] } = {},
): Buffer {
  const names = recipientsPem.map((_, index) => `${index}.pem`);
  const files = Object.fromEntries(recipientsPem.map((pem, index) => [`${index}.pem`, pem]));
  return withFiles(files, (path) =>
    openssl(
      [
        "cms",
        "-encrypt",
        `-${cipher}`,
        ...args,
        ...names.flatMap((name) => ["-recip", path(name)]),
      ],
      entity,
    ),
  );
}
