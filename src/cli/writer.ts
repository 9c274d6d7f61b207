import { fromAddress } from "../core/mime/from-address.ts";
import type { Signer } from "../core/smime/sign.ts";
import { sameAddress } from "../core/trust/addresses.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import { authoritiesAbove } from "../core/trust/issuers.ts";
import { mailUses, validityAt, type MailUse } from "../core/trust/uses.ts";
import { keyOptions, type Arguments, type OptionTypes } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { readCertificates, readKeys } from "./files.ts";

export const writerOptions: OptionTypes = { ...keyOptions, cert: "string", time: "string" };

/** Whose keys write a message. */
export interface Writer {
  readonly signer: Signer;
  /** The sender's own, to read again what was sent; null if none of the keys can. */
  readonly encryptionCertificate: Certificate | null;
}

/**
 * The sender by the key files: keys that name the From address and are valid come first, but any
 * that can sign does, since messages of every kind are wanted for tests.
 * @throws Failure if none of the keys can sign
 */
export async function readWriter(
  args: Arguments,
  message: Uint8Array,
  time: Date,
): Promise<Writer> {
  const known = await readCertificates(args.all("cert"));
  const keys = (await readKeys(args.keys)).flatMap((file) => file.keys);
  const from = fromAddress(message);
  const fits = ({ addresses }: Certificate): boolean =>
    addresses.some((address) => from !== null && sameAddress(address, from));
  const order = ({ certificate }: { certificate: Certificate }): number =>
    (fits(certificate) ? 0 : 2) + (validityAt(certificate, time) === "valid" ? 0 : 1);
  const bestFor = (use: MailUse) =>
    keys
      .filter(({ certificate }) => mailUses(certificate).has(use))
      .sort((one, other) => order(one) - order(other))[0];
  const signing = bestFor("sign");
  if (signing === undefined) throw new Failure("no --key that can sign", 1);
  const both = mailUses(signing.certificate).has("encrypt");
  const encryptionCertificate = (both ? signing : bestFor("encrypt"))?.certificate ?? null;
  return {
    signer: {
      certificate: signing.certificate,
      privateKey: signing.privateKey,
      chain:
        signing.chain.length > 0 ? signing.chain : authoritiesAbove(signing.certificate, known),
      encryptionCertificate,
    },
    encryptionCertificate,
  };
}
