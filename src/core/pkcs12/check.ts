import { SmimeError } from "../errors.ts";
import { mailUses, validityAt } from "../trust/uses.ts";
import type { KeyFile } from "./read.ts";

/**
 * Whether a key file is worth importing: at least one of its certificates names an address, may be
 * used for mail, and is valid now. The others are welcome beside it: what was encrypted to an
 * expired one has to stay readable.
 * @throws SmimeError pkcs12-not-for-mail, pkcs12-expired, pkcs12-not-yet-valid
 */
export function checkForMail({ keys }: KeyFile, now: Date): void {
  const validities = keys
    .map(({ certificate }) => certificate)
    .filter((certificate) => certificate.addresses.length > 0 && mailUses(certificate).size > 0)
    .map((certificate) => validityAt(certificate, now));
  if (validities.length === 0) throw new SmimeError("pkcs12-not-for-mail");
  if (validities.includes("valid")) return;
  throw new SmimeError(validities.includes("expired") ? "pkcs12-expired" : "pkcs12-not-yet-valid");
}
