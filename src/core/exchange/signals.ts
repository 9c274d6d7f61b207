/**
 * Facts with evidence about one pair of identity and contact. States are derived from them, never
 * stored (see `state.ts`). Addresses are in canonical form.
 */
interface Fact {
  readonly identity: string;
  readonly contact: string;
  /** Message-ID without angle brackets. */
  readonly messageId: string;
  readonly at: Date;
}

export type Signal =
  /** A signed message of mine went out to them, known from the send having succeeded. */
  | (Fact & {
      readonly kind: "sent-signed";
      /** Fingerprint of the encryption certificate that travelled with it. */
      readonly certificate: string;
      readonly encrypted: boolean;
    })
  /** They sent a message whose signature verified and carries their certificate. */
  | (Fact & { readonly kind: "received-signed"; readonly certificate: string })
  /** They sent something encrypted to me: the only proof that they have my certificate. */
  | (Fact & {
      readonly kind: "received-encrypted";
      /** Fingerprint of my certificate that it was encrypted to. */
      readonly certificate: string;
    })
  /** A signed message of theirs that answers (In-Reply-To, References) a signed one of mine. */
  | (Fact & { readonly kind: "received-reply"; readonly answers: string })
  /** They wrote without a signature. */
  | (Fact & { readonly kind: "received-unsigned" });

export type SignalKind = Signal["kind"];
