import { parseCertificate } from "../asn1/certificate.ts";
import { latin1Text } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";
import { findPath, type PathInput } from "../trust/find-path.ts";
import type { PathVerdict } from "../trust/path.ts";

/**
 * Remembers what many messages of the same people ask for again. For one run over messages with the
 * same anchors, intermediates and time, all of which a path depends on: whoever changes one of them
 * makes a new memo.
 */
export interface VerificationMemo {
  /** @throws SmimeError certificate-malformed */
  parse(der: Uint8Array): Promise<Certificate>;
  /** @param carried the certificates that came with the message; `input` has them among the others */
  path(leaf: Certificate, carried: readonly Certificate[], input: PathInput): Promise<PathVerdict>;
}

/** Far more than the people of a folder; a hostile folder does not fill the memory. */
const MOST_KEPT = 5000;

export function verificationMemo(): VerificationMemo {
  const parsed = new Map<string, Promise<Certificate>>();
  const paths = new Map<string, Promise<PathVerdict>>();
  return {
    parse: (der) => remembered(parsed, latin1Text(der), () => parseCertificate(der)),
    path(leaf, carried, input) {
      const { revocation } = input;
      const asks =
        revocation !== undefined &&
        (revocation.lookUp !== undefined ||
          revocation.crls.length + revocation.ocspResponses.length > 0);
      if (asks) return findPath(leaf, input);
      const key = [leaf, ...carried].map(({ fingerprint }) => fingerprint).join(" ");
      return remembered(paths, key, () => findPath(leaf, input));
    },
  };
}

function remembered<T>(
  kept: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const made = make();
  kept.set(key, made);
  return made;
}
