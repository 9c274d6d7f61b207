import { equalOctets } from "../octets.ts";
import type { Certificate } from "../trust/certificate.ts";
import { mailUses, validityAt } from "../trust/uses.ts";

/** Why an issuer's answer is of no use here. */
export type WrongAnswer =
  /** Certificates of authorities and none of a person's. */
  | "only-authorities"
  /** A certificate for another key than the waiting ones. */
  | "other-key"
  /** The same, and no key is waiting at all. */
  | "nothing-waiting"
  | "not-for-mail"
  | "expired"
  /** It is here already, with its key. */
  | "known";

/** Where a key is, by its public half. */
export interface KeyPlace {
  /** Of a waiting key: its id; of an own certificate: its fingerprint. */
  readonly id: string;
  readonly kind: "waiting" | "own";
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

export type Answer =
  | {
      readonly outcome: "fits";
      /** At least one. */
      readonly certificates: readonly {
        readonly certificate: Certificate;
        readonly place: KeyPlace;
      }[];
      /** Everything else in the file. */
      readonly others: readonly Certificate[];
    }
  | {
      readonly outcome: "wrong";
      readonly reason: WrongAnswer;
      /** The certificate that the reason is about. */
      readonly about: Certificate | null;
    };

/**
 * Finds the certificates that an issuer made for a key that is here: a waiting one, or that of an
 * own certificate which it renews.
 * @param certificates at least one
 */
export function judgeAnswer(
  certificates: readonly Certificate[],
  places: readonly KeyPlace[],
  known: ReadonlySet<string>,
  now: Date,
): Answer {
  const matches = certificates.flatMap((certificate) => {
    const place = places.find(({ publicKey }) =>
      equalOctets(publicKey, certificate.publicKey.spki),
    );
    return place === undefined ? [] : [{ certificate, place }];
  });
  const [first] = matches;
  if (first === undefined) return noneMatches(certificates, places);

  const fresh = matches.filter(({ certificate }) => !known.has(certificate.fingerprint));
  if (fresh.length === 0) return wrong("known", first.certificate);
  const forMail = fresh.filter(
    ({ certificate }) => certificate.addresses.length > 0 && mailUses(certificate).size > 0,
  );
  if (forMail.length === 0) return wrong("not-for-mail", fresh[0]?.certificate ?? null);
  const usable = forMail.filter(({ certificate }) => validityAt(certificate, now) !== "expired");
  if (usable.length === 0) return wrong("expired", forMail[0]?.certificate ?? null);

  const taken = new Set(usable.map(({ certificate }) => certificate));
  return {
    outcome: "fits",
    certificates: usable,
    others: certificates.filter((certificate) => !taken.has(certificate)),
  };
}

function noneMatches(certificates: readonly Certificate[], places: readonly KeyPlace[]): Answer {
  const person = certificates.find(({ basicConstraints }) => basicConstraints?.authority !== true);
  if (person === undefined) return wrong("only-authorities", certificates[0] ?? null);
  const waiting = places.some(({ kind }) => kind === "waiting");
  return wrong(waiting ? "other-key" : "nothing-waiting", person);
}

function wrong(reason: WrongAnswer, about: Certificate | null): Answer {
  return { outcome: "wrong", reason, about };
}
