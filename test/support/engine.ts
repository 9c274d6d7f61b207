import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import type { OpenContext } from "../../src/core/smime/open.ts";
import type { Signer } from "../../src/core/smime/sign.ts";
import { openssl, withFiles, type Authority, type Identity } from "./pki.ts";

/** Certificates that the openssl command line made, as the engine takes them. */

/** Who is `owner` reading, with `authority` as the only anchor. The clock is inside all validities. */
export async function readingAs(
  owner: Identity,
  authority: Authority,
  at: Date = new Date(),
): Promise<OpenContext> {
  return {
    ownCertificates: [await parseCertificate(owner.certificate)],
    privateKey: () => Promise.resolve(owner.privateKey),
    intermediates: [],
    anchors: [{ certificate: await parseCertificate(authority.certificate), source: "user" }],
    now: at,
  };
}

export async function signingAs(owner: Identity): Promise<Signer> {
  const certificate = await parseCertificate(owner.certificate);
  return {
    certificate,
    privateKey: owner.privateKey,
    chain: [],
    encryptionCertificate: certificate,
  };
}

/** A message by `openssl cms`, with the header that a mail has. */
export function opensslSign(
  owner: Identity,
  content: string | Uint8Array,
  args: readonly string[] = [],
): Uint8Array {
  return withFiles(
    { content, certificate: owner.certificatePem, key: owner.privateKeyPem },
    (path) =>
      new Uint8Array(
        openssl([
          ...["cms", "-sign", "-in", path("content"), "-signer", path("certificate")],
          ...["-inkey", path("key"), "-from", owner.address ?? "", "-subject", "Test", ...args],
        ]),
      ),
  );
}

/** @param args cipher and options, e.g. ["-aes-256-cbc", "-stream"] */
export function opensslEncrypt(
  recipients: readonly Identity[],
  content: string | Uint8Array,
  args: readonly string[],
  perRecipient: readonly string[] = [],
): Uint8Array {
  const certificates = recipients.map(({ certificatePem }, index): [string, string] => [
    `recipient${index}`,
    certificatePem,
  ]);
  return withFiles(
    { content, ...Object.fromEntries<string | Uint8Array>(certificates) },
    (path) => {
      const to = recipients.flatMap((_, index) => [
        "-recip",
        path(`recipient${index}`),
        ...perRecipient,
      ]);
      return new Uint8Array(
        openssl(["cms", "-encrypt", "-in", path("content"), ...args, "-subject", "Test", ...to]),
      );
    },
  );
}

/** The content, if `openssl cms -verify` takes the signature for valid under this authority. */
export function opensslVerify(message: Uint8Array, authority: Authority): Buffer {
  return withFiles({ message, authority: authority.certificatePem }, (path) =>
    openssl(["cms", "-verify", "-in", path("message"), "-CAfile", path("authority")]),
  );
}

export function opensslDecrypt(message: Uint8Array, owner: Identity): Buffer {
  return withFiles(
    { message, certificate: owner.certificatePem, key: owner.privateKeyPem },
    (path) =>
      openssl([
        ...["cms", "-decrypt", "-in", path("message")],
        ...["-recip", path("certificate"), "-inkey", path("key")],
      ]),
  );
}
