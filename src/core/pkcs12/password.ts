import { concatOctets } from "../octets.ts";

/** One way in which a password may have become octets when the file was made. */
export interface PasswordForm {
  /** BMPString with its terminator, for the key derivation of RFC 7292, appendix B. */
  readonly bmp: Uint8Array;
  /** UTF-8, for PBES2 and PBMAC1 (RFC 8018, section 3; RFC 9579). */
  readonly utf8: Uint8Array;
}

/**
 * The forms to try, the right one first. No password may be the empty string or no string at all
 * (RFC 7292, appendix B.1 leaves it open). Letters with marks may be one character or two. And
 * old versions of OpenSSL took each octet of the UTF-8 for a character.
 */
export function passwordForms(password: string): PasswordForm[] {
  const none = new Uint8Array(0);
  if (password === "") return [passwordForm(""), { bmp: none, utf8: none }];
  const octetsAsText = String.fromCharCode(...new TextEncoder().encode(password));
  const texts = [password, password.normalize("NFC"), password.normalize("NFD")];
  return [
    ...[...new Set(texts)].map(passwordForm),
    ...(octetsAsText === password
      ? []
      : [{ bmp: bmpString(octetsAsText), utf8: new TextEncoder().encode(password) }]),
  ];
}

/** The right one. */
export function passwordForm(text: string): PasswordForm {
  return { bmp: bmpString(text), utf8: new TextEncoder().encode(text) };
}

/** Two octets per UTF-16 unit, then two of zero. Characters beyond the plane stay pairs of units. */
function bmpString(text: string): Uint8Array {
  const octets = Array.from({ length: text.length }, (_, at) => {
    const unit = text.charCodeAt(at);
    return Uint8Array.of(unit >> 8, unit & 0xff);
  });
  return concatOctets(...octets, new Uint8Array(2));
}
