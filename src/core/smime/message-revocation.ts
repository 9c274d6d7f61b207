import { parseCrl } from "../asn1/crl.ts";
import { parseOcspResponse } from "../asn1/ocsp.ts";
import type { SignedData } from "../asn1/signed-data.ts";
import { SmimeError } from "../errors.ts";
import type { RevocationInput } from "../trust/revocation.ts";

/**
 * What is known about revocation with what the signature brings along (RFC 5652, section 10.2.1). The
 * sender's lists and answers are worth as much as any: they are believed as far as they are signed.
 */
export function withMessageRevocation(
  known: RevocationInput | undefined,
  { crls, ocspResponses }: SignedData,
): RevocationInput {
  const { crls: knownCrls = [], ocspResponses: knownResponses = [], ...rest } = known ?? {};
  return {
    mode: "given",
    ...rest,
    crls: [...knownCrls, ...readable(crls, parseCrl)],
    ocspResponses: [...knownResponses, ...readable(ocspResponses, parseOcspResponse)],
  };
}

/** What cannot be read says nothing. */
function readable<T>(encoded: readonly Uint8Array[], parse: (bytes: Uint8Array) => T | null): T[] {
  return encoded.flatMap((bytes) => {
    try {
      const parsed = parse(bytes);
      return parsed === null ? [] : [parsed];
    } catch (error) {
      if (error instanceof SmimeError) return [];
      throw error;
    }
  });
}
