import { SmimeError } from "../errors.ts";
import { sameAddress } from "../trust/addresses.ts";
import type { Certificate } from "../trust/certificate.ts";
import { isSelfSigned } from "../trust/issuers.ts";
import type { PathVerdict } from "../trust/path.ts";
import { mailUses, validityAt } from "../trust/uses.ts";
import type { KeyFile } from "./read.ts";

/**
 * Whether a key file is worth importing: at least one of its certificates names an address and may
 * be used for mail. The others are welcome beside it, and so are expired ones: what was encrypted
 * to them has to stay readable.
 * @throws SmimeError pkcs12-not-for-mail
 */
export function checkForMail({ keys }: Pick<KeyFile, "keys">): void {
  const fits = keys.some(
    ({ certificate }) => certificate.addresses.length > 0 && mailUses(certificate).size > 0,
  );
  if (!fits) throw new SmimeError("pkcs12-not-for-mail");
}

/** What is wrong with a certificate that somebody is about to take as their own. */
export type Concern =
  /** It names no address, or its extensions permit neither signing nor encrypting. */
  | "not-for-mail"
  | "expired"
  | "not-yet-valid"
  /** It names addresses, none of them of an account here. */
  | "no-account"
  | "only-signs"
  | "only-encrypts"
  /** Its key or the digest of a signature in its path is too short for programs of today. */
  | "weak"
  /** Nobody vouches for it but its owner. */
  | "self-signed"
  /** The path ends at an authority that is at hand and not trusted. */
  | "untrusted"
  /** An authority of the path is not at hand. */
  | "issuer-missing";

/** The gravest first. What makes a certificate useless is told alone. */
export function concernsAbout(
  certificate: Certificate,
  given: {
    readonly now: Date;
    /** Of the accounts here. */
    readonly addresses: readonly string[];
    readonly path: PathVerdict;
    /** The authority that could be trusted to complete the path. */
    readonly authority: Certificate | null;
  },
): Concern[] {
  const uses = mailUses(certificate);
  if (uses.size === 0 || certificate.addresses.length === 0) return ["not-for-mail"];
  const concerns: Concern[] = [];
  const validity = validityAt(certificate, given.now);
  if (validity !== "valid") concerns.push(validity);
  const isHere = certificate.addresses.some((address) =>
    given.addresses.some((here) => sameAddress(here, address)),
  );
  if (!isHere) concerns.push("no-account");
  if (validity === "expired") return concerns;
  const trust = concernOfPath(certificate, given);
  if (trust !== null) concerns.push(trust);
  if (!uses.has("encrypt")) concerns.push("only-signs");
  if (!uses.has("sign")) concerns.push("only-encrypts");
  return concerns;
}

function concernOfPath(
  certificate: Certificate,
  { path, authority }: { readonly path: PathVerdict; readonly authority: Certificate | null },
): Concern | null {
  if (path.ok) return null;
  if (path.reason === "weak-key" || path.reason === "weak-digest") return "weak";
  if (isSelfSigned(certificate)) return "self-signed";
  // The reason before its validity begins is its validity, whatever else there is.
  if (path.reason === "not-yet-valid" && path.at === certificate) return null;
  return authority === null ? "issuer-missing" : "untrusted";
}
