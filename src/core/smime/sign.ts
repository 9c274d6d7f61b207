import { SmimeError } from "../errors.ts";
import { encodeBase64Lines } from "../mime/base64.ts";
import { asEightBit } from "../mime/eight-bit.ts";
import { canonicalLineEnds, lineFacts, type LineFacts } from "../mime/line-ends.ts";
import { concatOctets, hexText, joinOctets, octetsOf, randomOctets } from "../octets.ts";
import { putTogether, takeApart } from "./mime-frame.ts";
import { signingScheme } from "./signing-schemes.ts";
import { signDetached, signEncapsulated, type Signer } from "./write-signed-data.ts";

export type { Signer } from "./write-signed-data.ts";

/** RFC 5322, section 2.1.1: without the line end. */
const MAX_LINE = 998;

/** Octets kept free for the signature, which is known last; a longer one costs a copy of the whole. */
const ROOM = 1 << 16;

export interface SignOptions {
  readonly signingTime: Date;
  readonly toBeEncrypted?: boolean;
  /** `application/pkcs7-mime`, which only readers with S/MIME can show (RFC 8551, section 3.5.2). */
  readonly opaque?: boolean;
  /** The message's own text is not put into 7 bits; relays without 8BITMIME break such a signature. */
  readonly eightBit?: boolean;
}

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
  options: SignOptions,
): Promise<Uint8Array> {
  const { outer, entity } = takeApart(
    options.eightBit === true ? asEightBit(message) : message,
    options.toBeEncrypted === true ? "cipher" : "clear",
  );
  if (options.opaque === true) {
    const cms = await signEncapsulated(
      canonicalLineEnds(joinOctets(entity)),
      signer,
      options.signingTime,
    );
    return putTogether(
      outer,
      [
        'Content-Type: application/pkcs7-mime; smime-type=signed-data;\r\n name="smime.p7m"',
        "Content-Transfer-Encoding: base64",
        'Content-Disposition: attachment; filename="smime.p7m"',
      ],
      encodeBase64Lines(cms),
    );
  }
  const { micalg } = signingScheme(signer.certificate.publicKey);
  const boundary = `=_${hexText(randomOctets(18))}`;
  const before = putTogether(
    outer,
    [
      `Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n micalg=${micalg}; boundary="${boundary}"`,
      ...(options.eightBit === true ? ["Content-Transfer-Encoding: 8bit"] : []),
    ],
    octetsOf(`This is a message signed with S/MIME.\r\n\r\n--${boundary}\r\n`),
  );
  // Bulk content is copied once, to where it stands in the result, and signed there.
  const roomy = joinOctets([before, ...entity, new Uint8Array(ROOM)]);
  const end = roomy.length - ROOM;
  const unsigned = roomy.subarray(before.length, end);
  const lines = lineFacts(unsigned);
  if (options.toBeEncrypted !== true) assertTransportable(lines);
  const part = canonicalLineEnds(unsigned, lines);
  const cms = await signDetached(part, signer, options.signingTime);
  const after = concatOctets(
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
  if (part !== unsigned || after.length > ROOM) return concatOctets(before, part, after);
  roomy.set(after, end);
  return roomy.subarray(0, end + after.length);
}

function assertTransportable({ hasNul, longest }: LineFacts): void {
  if (hasNul) {
    throw new SmimeError("mime-malformed", { detail: "the part to be signed has a NUL" });
  }
  if (longest > MAX_LINE) {
    throw new SmimeError("mime-malformed", { detail: "the part to be signed has a long line" });
  }
}
