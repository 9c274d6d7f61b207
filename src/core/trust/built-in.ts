import { parseCertificate } from "../asn1/certificate.ts";
import { decodeBase64 } from "../mime/base64.ts";
import { octetsOf } from "../octets.ts";
import data from "./builtin-roots.json" with { type: "json" };
import type { TrustAnchor } from "./path.ts";

/** Of the Thunderbird whose list it is. */
export const builtInVersion = data.thunderbird;

let parsed: Promise<readonly TrustAnchor[]> | null = null;

/**
 * The authorities that Thunderbird trusts for e-mail, as of the version in the data file, which
 * `npm run update-roots` renews: an add-on cannot ask the Thunderbird it runs in.
 */
export function builtInAnchors(): Promise<readonly TrustAnchor[]> {
  parsed ??= Promise.all(
    data.roots.map(async ({ der }): Promise<TrustAnchor> => {
      const certificate = await parseCertificate(decodeBase64(octetsOf(der)));
      return { certificate, source: "built-in" };
    }),
  );
  return parsed;
}
