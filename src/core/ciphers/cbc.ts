import { SmimeError } from "../errors.ts";

const BLOCK = 8;

/** Decrypts one block in place: its first and its second four octets, read big-endian. */
export type BlockDecryption = (words: Int32Array) => void;

/**
 * CBC with 64-bit blocks and the padding of RFC 5652, section 6.3. A new array of 1 to 8 octets
 * less than `data`.
 * @throws SmimeError decryption-failed where length, IV or padding are wrong
 */
export function cbcDecrypt(
  decryptBlock: BlockDecryption,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  return withoutPadding(cbcDecryptBlocks(decryptBlock, iv, data));
}

/**
 * The same without padding: a new array as long as `data`.
 * @throws SmimeError decryption-failed where length or IV are wrong
 */
export function cbcDecryptBlocks(
  decryptBlock: BlockDecryption,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  if (iv.length !== BLOCK || data.length === 0 || data.length % BLOCK !== 0)
    throw new SmimeError("decryption-failed", { detail: "length" });
  const input = viewOf(data);
  const output = new Uint8Array(data.length);
  const outputView = viewOf(output);
  const words = new Int32Array(2);
  let previousHigh = viewOf(iv).getInt32(0);
  let previousLow = viewOf(iv).getInt32(4);
  for (let at = 0; at < data.length; at += BLOCK) {
    const high = input.getInt32(at);
    const low = input.getInt32(at + 4);
    words[0] = high;
    words[1] = low;
    decryptBlock(words);
    outputView.setInt32(at, words[0] ^ previousHigh);
    outputView.setInt32(at + 4, words[1] ^ previousLow);
    previousHigh = high;
    previousLow = low;
  }
  return output;
}

function withoutPadding(padded: Uint8Array): Uint8Array {
  const count = padded.at(-1) ?? 0;
  const padding = padded.subarray(-count);
  if (count === 0 || count > BLOCK || padding.some((octet) => octet !== count))
    throw new SmimeError("decryption-failed", { detail: "padding" });
  return padded.subarray(0, -count);
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}
