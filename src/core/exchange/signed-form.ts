import type { Settings } from "../ports.ts";

/** How a signed message that is not encrypted is to look. */
export interface SignedForm {
  /** The text inside the signature, where only programs with S/MIME see it. */
  readonly opaque: boolean;
  readonly eightBit: boolean;
}

/**
 * What the settings say for these recipients. One who needs it opaque gets it so, and with them all
 * others: there is one message for all.
 * @param recipients canonical addresses
 */
export function signedForm(
  recipients: readonly string[],
  { opaqueSignatures, opaqueFor, eightBit }: Settings,
): SignedForm {
  const opaque =
    opaqueSignatures === "always" ||
    (opaqueSignatures === "listed" && recipients.some((address) => opaqueFor.includes(address)));
  return { opaque, eightBit };
}
