import { ciphers, publicKeys } from "../core/asn1/oids.ts";
import { senderCapabilities } from "../core/smime/capabilities.ts";
import { encryptMessage } from "../core/smime/encrypt.ts";
import { signMessage } from "../core/smime/sign.ts";
import type { Capabilities } from "../core/smime/verdict.ts";
import { onlyFile, parseArguments, timeOption, type Arguments } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { readCertificates, readMessage } from "./files.ts";
import { readWriter, writerOptions } from "./writer.ts";

/** The message, signed first if there is a key, encrypted to the given certificates. */
export async function encrypt(args: readonly string[]): Promise<Uint8Array> {
  const options = parseArguments(args, {
    ...writerOptions,
    ...{ to: "list", gcm: "boolean", oaep: "boolean" },
  });
  const message = await readMessage(onlyFile(options));
  const capabilities = assumedCapabilities(options);
  const certificates = await readCertificates(options.all("to"));
  if (certificates.length === 0) throw new Failure("no --to given");
  const recipients = certificates.map((certificate) => ({ certificate, capabilities }));
  if (options.keys.length === 0) return encryptMessage(message, recipients);

  const signingTime = timeOption(options);
  const { signer, encryptionCertificate: own } = await readWriter(options, message, signingTime);
  const signed = await signMessage(message, signer, { signingTime, toBeEncrypted: true });
  const self = own === null ? [] : [{ certificate: own, capabilities: senderCapabilities }];
  return encryptMessage(signed, [...recipients, ...self]);
}

/** What the recipients are taken to have announced; without that, what everybody can read. */
function assumedCapabilities({ flag }: Arguments): Capabilities {
  return {
    algorithms: [
      ...(flag("gcm") ? [ciphers.aes256Gcm] : []),
      ...(flag("oaep") ? [publicKeys.rsaesOaep] : []),
    ],
  };
}
