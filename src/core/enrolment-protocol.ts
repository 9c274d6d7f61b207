import type { WrongAnswer } from "./enrolment/answer.ts";
import type { NewKeyKind } from "./enrolment/new-key.ts";
import type { KeyFilePreview, OwnKeyView, Saved } from "./protocol.ts";

/** What pages may ask about certificates that are yet to come. */

export interface NewKeyWish {
  readonly name: string;
  readonly address: string;
  readonly kind: NewKeyKind;
}

/** A key that waits for its certificate. */
export interface WaitingView extends NewKeyWish {
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** The request to hand to an issuer, PEM. */
  readonly request: string;
}

export type AnswerView =
  | { readonly outcome: "taken"; readonly keys: KeyFilePreview["keys"] }
  | {
      readonly outcome: "wrong";
      readonly reason: WrongAnswer;
      /** Whom the certificate is about that the reason is about. */
      readonly name: string | null;
    };

export interface EnrolmentRequests {
  /** Oldest first. */
  "requests.list": { request: null; response: readonly WaitingView[] };
  /** @throws SmimeError vault-absent, vault-locked */
  "requests.make": { request: NewKeyWish; response: WaitingView };
  /** The request as a file. @throws SmimeError not-found */
  "requests.save": { request: { id: string }; response: Saved };
  /** The key is gone then. @throws SmimeError not-found */
  "requests.remove": { request: { id: string }; response: null };
  /**
   * Takes what an issuer sent: any file with certificates.
   * @throws SmimeError certificates-not-found, vault-absent, vault-locked
   */
  "requests.answer": { request: { file: Uint8Array }; response: AnswerView };
  /** A certificate for trying out. @throws SmimeError vault-absent, vault-locked */
  "requests.selfSigned": { request: NewKeyWish; response: OwnKeyView };
}
