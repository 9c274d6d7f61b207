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
 * A complete RFC 5322 message as `multipart/signed` (RFC 8551, section 3.5.3). The header fields
 * stay in place, byte for byte, apart from Content-*, which moves into the signed part.
 * @throws SmimeError mime-malformed if what is to be signed would not survive relays: octets above
 * 127, NUL, or lines over 998 octets; send-certificate-unusable if the key cannot sign
 */
export async function signMessage(
  message: Uint8Array,
  signer: Signer,
  options: { readonly signingTime: Date },
): Promise<Uint8Array> {
  const { outer, entity } = takeApart(message);
  const part = canonicalLineEnds(entity);
  assertSevenBit(part);
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

function assertSevenBit(part: Uint8Array): void {
  let lineStart = 0;
  for (let at = 0; at < part.length; at++) {
    const octet = part[at] ?? 0;
    if (octet >= 0x80 || octet === 0) {
      throw new SmimeError("mime-malformed", { detail: "the part to be signed is not 7bit" });
    }
    if (octet !== 0x0a && at < part.length - 1) continue;
    const end = octet === 0x0a ? at - 1 : at + 1;
    if (end - lineStart > MAX_LINE) {
      throw new SmimeError("mime-malformed", { detail: "the part to be signed has a long line" });
    }
    lineStart = at + 1;
  }
}
