import { SmimeError } from "../errors.ts";
import { encodeBase64Lines } from "../mime/base64.ts";
import { canonicalLineEnds } from "../mime/line-ends.ts";
import { hexText, octetsOf, randomOctets } from "../octets.ts";
import { putTogether, takeApart } from "./mime-frame.ts";
import { signDetached, type Signer } from "./write-signed-data.ts";

export type { Signer } from "./write-signed-data.ts";

/** RFC 5322, section 2.1.1: without the line end. */
const MAX_LINE = 998;

/**
 * A complete RFC 5322 message as `multipart/signed` (RFC 8551, section 3.5.3) with header protection
 * (RFC 9788). The header fields stay in place, byte for byte, and are repeated in the signed part;
 * Content-* moves there. What is `toBeEncrypted` hides the confidential ones outside.
 *
 * Unless the result is going to be encrypted, its lines have to be fit for SMTP. Octets above 127
 * pass: Thunderbird encodes its own text, and what is left are attached messages, which must not be
 * encoded (RFC 2046, section 5.2.1) and go through today's 8BITMIME relays unchanged.
 * @throws SmimeError mime-malformed if what is to be signed would not survive SMTP: NUL, or lines
 * over 998 octets; send-certificate-unusable if the key cannot sign
 */
export async function signMessage(
  message: Uint8Array,
  signer: Signer,
  options: { readonly signingTime: Date; readonly toBeEncrypted?: boolean },
): Promise<Uint8Array> {
  const { outer, entity } = takeApart(message, options.toBeEncrypted === true ? "cipher" : "clear");
  const part = canonicalLineEnds(entity);
  if (options.toBeEncrypted !== true) assertTransportable(part);
  const { cms, micalg } = await signDetached(part, signer, options.signingTime);
  const boundary = `=_${hexText(randomOctets(18))}`;
  return putTogether(
    outer,
    [
      `Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n micalg=${micalg}; boundary="${boundary}"`,
    ],
    octetsOf(`This is a message signed with S/MIME.\r\n\r\n--${boundary}\r\n`),
    part,
    octetsOf(
      [
        `\r\n--${boundary}`,
        'Content-Type: application/pkcs7-signature; name="smime.p7s"',
        "Content-Transfer-Encoding: base64",
        'Content-Disposition: attachment; filename="smime.p7s"',
        "",
        "",
      ].join("\r\n"),
    ),
    encodeBase64Lines(cms),
    octetsOf(`\r\n--${boundary}--\r\n`),
  );
}

function assertTransportable(part: Uint8Array): void {
  if (part.includes(0)) {
    throw new SmimeError("mime-malformed", { detail: "the part to be signed has a NUL" });
  }
  for (let start = 0; start < part.length;) {
    const lineFeed = part.indexOf(0x0a, start);
    const end = lineFeed === -1 ? part.length : lineFeed - 1;
    if (end - start > MAX_LINE) {
      throw new SmimeError("mime-malformed", { detail: "the part to be signed has a long line" });
    }
    start = lineFeed === -1 ? part.length : lineFeed + 1;
  }
}
