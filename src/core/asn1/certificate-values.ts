import { contentOf, expectTag, malformed, tags } from "./tlv.ts";
import type { Tlv } from "./tlv.ts";

/** What certificates and key files need beside the values of CMS. */

const strings = {
  utf8: 0x0c,
  numeric: 0x12,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  visible: 0x1a,
  universal: 0x1c,
  bmp: 0x1e,
} as const;

/** @throws SmimeError cms-malformed */
export function booleanIn(tlv: Tlv): boolean {
  const content = contentOf(expectTag(tlv, tags.boolean));
  if (content.length !== 1) throw malformed("boolean");
  return content[0] !== 0;
}

/** The octets of a BIT STRING that is a list of named bits; the first bit is the highest. */
export function namedBitsIn(tlv: Tlv): Uint8Array {
  const [unused, ...octets] = contentOf(expectTag(tlv, tags.bitString));
  if (unused === undefined || unused > 7) throw malformed("bit string");
  return Uint8Array.from(octets);
}

/** The text of a character string of any type; null if the element is none. */
export function textIn(tlv: Tlv): string | null {
  const content = contentOf(tlv);
  switch (tlv.tag) {
    case strings.utf8:
    case strings.numeric:
    case strings.printable:
    case strings.ia5:
    case strings.visible:
      return new TextDecoder().decode(content);
    case strings.teletex:
      return new TextDecoder("latin1").decode(content);
    case strings.bmp:
      return new TextDecoder("utf-16be").decode(content);
    case strings.universal:
      return utf32(content);
    default:
      return null;
  }
}

function utf32(content: Uint8Array): string {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let text = "";
  for (let at = 0; at + 4 <= content.length; at += 4) {
    const codePoint = view.getUint32(at);
    text += codePoint > 0x10ffff ? "\uFFFD" : String.fromCodePoint(codePoint);
  }
  return text;
}
