import type { NotReady } from "./exchange/plan.ts";
import type { CertificateView } from "./protocol.ts";

/** Somebody whose certificate is here. Dates are ISO 8601. */
export interface PersonView {
  readonly address: string;
  readonly name: string;
  readonly certificates: readonly PersonCertificateView[];
}

export interface PersonCertificateView extends CertificateView {
  readonly source: "signature" | "file";
  readonly firstSeen: string;
  /** Of the newest signed message that carried it; null if it came from a file only. */
  readonly lastSeen: string | null;
}

/** What stands against a certificate. `used`: it is the one that is encrypted to. */
export interface PersonVerdicts {
  readonly used: string | null;
  readonly reasons: Readonly<Record<string, NotReady | null>>;
}

/** A certificate in a file, before anything of it is stored. */
export interface FoundCertificate extends CertificateView {
  /** `other-key`: nothing that is known of this person accounts for it. */
  readonly fit: "new" | "known" | "other-key" | "issuer" | "own" | "no-address";
  /** Beside which it would come, where it has another key. */
  readonly beside: CertificateView | null;
  readonly problem: Exclude<NotReady, "changed" | "no-certificate"> | null;
}

export interface FoundCertificates {
  readonly found: readonly FoundCertificate[];
  /** How many more there were that are no certificates, such as OpenPGP keys. */
  readonly unreadable: number;
  /** What `people.add` takes: the file itself, or one made of what was found. */
  readonly file: Uint8Array;
}

export type CertificateFormat = "der" | "pem" | "p7c";

export interface PeopleRequests {
  "people.list": { request: null; response: readonly PersonView[] };
  "people.verdicts": { request: { address: string }; response: PersonVerdicts };
  /** .cer, .crt, .pem, .p7b, .p7c, .vcf. */
  "people.preview": { request: { file: Uint8Array }; response: FoundCertificates };
  /** What is in the vCards of Thunderbird's address books. */
  "people.addressBooks": { request: null; response: FoundCertificates };
  /**
   * Stores those of the file that are named, and the issuers in it. `confirmed`: the user has compared
   * their keys with the known ones.
   */
  "people.add": {
    request: {
      file: Uint8Array;
      fingerprints: readonly string[];
      confirmed: readonly string[];
    };
    response: { added: number };
  };
  /** For this address only. */
  "people.remove": { request: { address: string; fingerprint: string }; response: null };
  /** Saves a file with these certificates; `null` for all. "der" is for one alone. */
  "people.export": {
    request: { fingerprints: readonly string[] | null; format: CertificateFormat };
    response: null;
  };
}
