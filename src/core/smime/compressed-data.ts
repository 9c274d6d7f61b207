import { contextTag, explicitPart, expectOctets, expectTag, partsOf, tags } from "../asn1/tlv.ts";
import type { Tlv } from "../asn1/tlv.ts";
import { algorithmIn } from "../asn1/values.ts";
import { SmimeError } from "../errors.ts";
import { bufferSource, joinOctets } from "../octets.ts";

const ZLIB = "1.2.840.113549.1.9.16.3.8";

/** A few kilobytes can inflate to any size. */
const MAX_INFLATED = 100 * 1024 * 1024;

/**
 * The content of a CompressedData (RFC 3274).
 * @throws SmimeError cms-malformed, cms-unsupported, message-too-complex
 */
export async function inflate(compressedData: Tlv): Promise<Uint8Array> {
  const [, algorithm, encapsulated] = partsOf(compressedData, tags.sequence);
  if (algorithmIn(algorithm).oid !== ZLIB) throw new SmimeError("cms-unsupported");
  const [, explicit] = partsOf(encapsulated, tags.sequence);
  const deflated = expectOctets(explicitPart(expectTag(explicit, contextTag(0, true))));
  const stream = new Blob([bufferSource(deflated)])
    .stream()
    .pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new SmimeError("cms-malformed", { cause });
    });
    if (done) return joinOctets(chunks);
    length += value.length;
    chunks.push(value);
    if (length <= MAX_INFLATED) continue;
    await reader.cancel();
    throw new SmimeError("message-too-complex");
  }
}
