import { SmimeError } from "../errors.ts";
import { children, expectTag, explicitPart, malformed, readTlv, type Tlv } from "./tlv.ts";

/**
 * Reading of what is signed and small: certificates and what their extensions hold. No indefinite
 * lengths, nothing left over, a bounded number of elements.
 */

const MAX_OCTETS = 1 << 20;
const MAX_ELEMENTS = 10_000;

/** The one element that makes up `bytes`. @throws SmimeError cms-malformed, message-too-complex */
export function wholeTlv(bytes: Uint8Array): Tlv {
  if (bytes.length > MAX_OCTETS) throw new SmimeError("message-too-complex");
  const tlv = onlyTlv(bytes);
  requireDefinite(tlv, { elements: MAX_ELEMENTS });
  return tlv;
}

/** The same of any size; only the outermost element has been looked at. */
export function onlyTlv(bytes: Uint8Array): Tlv {
  const tlv = readTlv(bytes);
  if (tlv.end !== bytes.length) throw malformed("something after the end");
  return tlv;
}

function requireDefinite(tlv: Tlv, left: { elements: number }): void {
  if (tlv.parts !== null) throw malformed("indefinite length");
  if (--left.elements < 0) throw new SmimeError("message-too-complex");
  if ((tlv.tag & 0x20) !== 0) for (const part of children(tlv)) requireDefinite(part, left);
}

/**
 * The parts of an element by the tags that they may have, in this order; undefined for those that
 * are left out.
 * @throws SmimeError cms-malformed if a part is left over
 */
export function partsInOrder(
  tlv: Tlv | undefined,
  tag: number,
  order: readonly number[],
): (Tlv | undefined)[] {
  const parts = children(expectTag(tlv, tag));
  let at = 0;
  const found = order.map((expected) => {
    const part = parts[at];
    if (part?.tag !== expected) return undefined;
    at++;
    return part;
  });
  if (at < parts.length) throw malformed("part that has no place");
  return found;
}

/** What an explicit tag holds; undefined where there is no such element. */
export function explicitIn(tlv: Tlv | undefined): Tlv | undefined {
  return tlv === undefined ? undefined : explicitPart(tlv);
}
