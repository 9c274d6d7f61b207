import * as asn1js from "asn1js";
import { SmimeError } from "../errors.ts";
import { malformed, readTlv, type Tlv } from "./tlv.ts";

/**
 * asn1js within bounds, for what is small: certificates. Its blocks are views into the bytes they
 * were read from. It takes lengths that contradict each other, and pkijs passes over parts that
 * its schemas do not name, so both are looked after here.
 */

/** An element as asn1js has it. */
export type Block = asn1js.BaseBlock;

const LIMITS = {
  maxContentLength: 1 << 20,
  maxNodes: 10_000,
  maxDepth: 40,
  parseEmbedded: false,
  copyInput: false,
} as const;

/** The one element that makes up `bytes`, of definite lengths. @throws SmimeError cms-malformed */
export function wholeBlock(bytes: Uint8Array): Block {
  const { offset, result } = asn1js.fromBER(bytes, LIMITS);
  if (offset !== bytes.length) throw malformed(result.error || "something after the end");
  requireConsistent(result);
  return result;
}

function requireConsistent(block: Block): void {
  const { idBlock, lenBlock } = block;
  const length = idBlock.blockLength + lenBlock.blockLength + lenBlock.length;
  if (lenBlock.isIndefiniteForm || block.valueBeforeDecodeView.length !== length)
    throw malformed("length");
  if (idBlock.tagNumber > 30 || idBlock.isHexOnly) throw malformed("high tag number");
  if (idBlock.isConstructed) blocksIn(block).forEach(requireConsistent);
}

/** A pkijs object made from a block. @throws SmimeError cms-malformed if its schema does not fit */
export function structured<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new SmimeError("cms-malformed", { cause });
  }
}

/** The identifier octet. */
export function tagOf(block: Block): number {
  return block.valueBeforeDecodeView[0] ?? 0;
}

/** @throws SmimeError cms-malformed if the element is primitive */
export function blocksIn(block: Block): readonly Block[] {
  const { value } = block.valueBlock as { value?: unknown };
  if (!block.idBlock.isConstructed || !Array.isArray(value))
    throw malformed("primitive element where parts are due");
  return value as Block[];
}

/** The only part of an explicitly tagged element. @throws SmimeError cms-malformed */
export function onlyBlock(explicit: Block): Block {
  const [part, ...more] = blocksIn(explicit);
  if (part === undefined || more.length > 0) throw malformed("explicit tag without one element");
  return part;
}

/** The parts of a SEQUENCE or SET. @throws SmimeError cms-malformed */
export function blocksOf(block: Block, tag: number): readonly Block[] {
  if (tagOf(block) !== tag) throw malformed(`tag ${tagOf(block)} where ${tag} is due`);
  return blocksIn(block);
}

/**
 * The parts of an element by the tags that they may have, in this order; undefined for those that
 * are left out.
 * @throws SmimeError cms-malformed if a part is left over
 */
export function blocksInOrder(block: Block, order: readonly number[]): (Block | undefined)[] {
  const parts = blocksIn(block);
  let at = 0;
  const found = order.map((tag) => {
    const part = parts[at];
    if (part === undefined || tagOf(part) !== tag) return undefined;
    at++;
    return part;
  });
  if (at < parts.length) throw malformed("part that has no place");
  return found;
}

/** The same element for what decodes primitive values. @throws SmimeError cms-malformed if missing */
export function tlvOf(block: Block | undefined): Tlv {
  if (block === undefined) throw malformed("element missing");
  return readTlv(block.valueBeforeDecodeView);
}
