import { decodeBase64, decodedBase64Length } from "./base64.ts";
import { parseParameterizedValue } from "./content-type.ts";
import { headerValues, type HeaderField } from "./header-fields.ts";

/**
 * A body without its Content-Transfer-Encoding (RFC 2045, section 6). 7bit, 8bit, binary and
 * encodings nobody knows are taken as they are.
 */
export function decodeBody(fields: readonly HeaderField[], body: Uint8Array): Uint8Array {
  switch (transferEncoding(fields)) {
    case "base64":
      return decodeBase64(body);
    case "quoted-printable":
      return decodeQuotedPrintable(body);
    default:
      return body;
  }
}

function transferEncoding(fields: readonly HeaderField[]): string {
  const [encoding = "7bit"] = headerValues(fields, "content-transfer-encoding");
  return parseParameterizedValue(encoding).value;
}

/** About how many octets `decodeBody` gives; exact unless lines of base64 are uneven. Cheap. */
export function decodedLength(fields: readonly HeaderField[], body: Uint8Array): number {
  return transferEncoding(fields) === "base64"
    ? decodedBase64Length(body)
    : decodeBody(fields, body).length;
}

/** RFC 2045, section 6.7. What is no valid escape stays as it is. */
export function decodeQuotedPrintable(encoded: Uint8Array): Uint8Array {
  const decoded = new Uint8Array(encoded.length);
  let to = 0;
  for (let at = 0; at < encoded.length; at++) {
    const octet = encoded[at] ?? 0;
    if (octet !== 0x3d) {
      decoded[to++] = octet;
      continue;
    }
    const softEnd = softLineBreakEnd(encoded, at + 1);
    if (softEnd !== null) {
      at = softEnd - 1;
      continue;
    }
    const high = hexDigit(encoded[at + 1]);
    const low = hexDigit(encoded[at + 2]);
    if (high === null || low === null) decoded[to++] = octet;
    else {
      decoded[to++] = high * 16 + low;
      at += 2;
    }
  }
  return decoded.subarray(0, to);
}

/** Where the next line starts, if only white space lies between here and the line's end. */
function softLineBreakEnd(encoded: Uint8Array, from: number): number | null {
  let at = from;
  while (encoded[at] === 0x20 || encoded[at] === 0x09) at++;
  if (at >= encoded.length) return at;
  if (encoded[at] === 0x0d && encoded[at + 1] === 0x0a) return at + 2;
  return encoded[at] === 0x0a ? at + 1 : null;
}

function hexDigit(octet: number | undefined): number | null {
  const digit = octet === undefined ? NaN : parseInt(String.fromCharCode(octet), 16);
  return Number.isNaN(digit) ? null : digit;
}
