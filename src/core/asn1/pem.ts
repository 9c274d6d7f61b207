import { decodeBase64 } from "../mime/base64.ts";
import { latin1Text, octetsOf } from "../octets.ts";

/**
 * What the blocks of a text hold that have one of these labels, such as "CERTIFICATE", in its order
 * (RFC 7468). Explanations around the blocks are passed over, and so is the label at a block's end
 * (section 2); none where the file is no such text.
 */
export function pemBlocks(file: Uint8Array, labels: readonly string[]): Uint8Array[] {
  const block = new RegExp(
    `-----BEGIN (?:${labels.join("|")})-----([\\sA-Za-z0-9+/=]*)-----END `,
    "g",
  );
  return Array.from(latin1Text(file).matchAll(block), (match) =>
    decodeBase64(octetsOf(match[1] ?? "")),
  );
}
