import { SmimeError } from "../errors.ts";
import { base64LinesAfter } from "../mime/base64.ts";
import { canonicalLineEnds } from "../mime/line-ends.ts";
import { ciphers } from "../asn1/oids.ts";
import { joinOctets } from "../octets.ts";
import { announces } from "./capabilities.ts";
import { envelop, type EnvelopeCipher, type Recipient } from "./write-enveloped-data.ts";
import { putTogether, takeApart } from "./mime-frame.ts";

export type { Recipient } from "./write-enveloped-data.ts";

/**
 * A complete RFC 5322 message as `application/pkcs7-mime` (RFC 8551, section 3.3). Header protection
 * (RFC 9788) hides the subject, unless \`signMessage\` has applied it already: then the header fields
 * stay in place, byte for byte, and only Content-* is encrypted with the body. The
 * caller puts the sender among the recipients; nothing in the result tells which one it is.
 * AES-256-GCM if every recipient announced it, else AES-256-CBC.
 * @throws SmimeError send-recipients-missing without recipients; send-certificate-unusable if one
 * of the keys is of a kind that cannot be encrypted to
 */
export async function encryptMessage(
  message: Uint8Array,
  recipients: readonly Recipient[],
): Promise<Uint8Array> {
  if (recipients.length === 0) throw new SmimeError("send-recipients-missing");
  const { outer, entity } = takeApart(message, "cipher");
  const cipher = cipherFor(recipients);
  const cms = await envelop(canonicalLineEnds(joinOctets(entity)), recipients, cipher);
  const type = cipher === "aes-256-gcm" ? "authEnveloped-data" : "enveloped-data";
  const header = putTogether(outer, [
    `Content-Type: application/pkcs7-mime; smime-type=${type};\r\n name="smime.p7m"`,
    "Content-Transfer-Encoding: base64",
    'Content-Disposition: attachment; filename="smime.p7m"',
  ]);
  return base64LinesAfter(header, cms);
}

function cipherFor(recipients: readonly Recipient[]): EnvelopeCipher {
  return recipients.every(({ capabilities }) => announces(capabilities, ciphers.aes256Gcm))
    ? "aes-256-gcm"
    : "aes-256-cbc";
}
