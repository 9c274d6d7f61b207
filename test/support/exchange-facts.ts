import type { CertificateCandidate } from "../../src/core/exchange/candidate.ts";
import type { OwnSelection } from "../../src/core/exchange/select-certificate.ts";
import type { ContactCertificate, OwnKey } from "../../src/core/ports.ts";
import type { Certificate, KeyUsage } from "../../src/core/trust/certificate.ts";
import type { PathReason } from "../../src/core/trust/path.ts";

/** Builders of facts for the pure parts of the exchange, with defaults that need no attention. */

export const now = new Date("2026-11-20T12:00:00Z");

/** @param days before `now`; negative for days to come. */
export function daysAgo(days: number): Date {
  return new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
}

const uses = {
  both: ["digitalSignature", "keyEncipherment"],
  sign: ["digitalSignature"],
  encrypt: ["keyEncipherment"],
  none: ["keyCertSign"],
} as const satisfies Record<string, readonly KeyUsage[]>;

export interface CertificateFacts {
  readonly address?: string;
  readonly use?: keyof typeof uses;
  /** Certificates with the same key. */
  readonly key?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export function certificate(name: string, facts: CertificateFacts = {}): Certificate {
  const distinguishedName = (commonName: string) => ({
    der: new TextEncoder().encode(commonName),
    text: `CN=${commonName}`,
    commonName,
    organization: null,
  });
  return {
    der: new TextEncoder().encode(name),
    fingerprint: name,
    serialNumber: "01",
    subject: distinguishedName(name),
    issuer: distinguishedName("Authority"),
    notBefore: facts.notBefore ?? daysAgo(200),
    notAfter: facts.notAfter ?? daysAgo(-200),
    publicKey: {
      kind: "rsa",
      bits: 2048,
      curve: null,
      spki: new TextEncoder().encode(facts.key ?? `key of ${name}`),
    },
    keyUsage: new Set(uses[facts.use ?? "both"]),
    extendedKeyUsage: null,
    basicConstraints: null,
    addresses: [facts.address ?? "bob@example.org"],
    subjectKeyIdentifier: null,
    authorityKeyIdentifier: null,
    unknownCriticalExtensions: [],
  };
}

export interface CandidateFacts
  extends
    CertificateFacts,
    Partial<Pick<ContactCertificate, "source" | "firstSeen" | "lastSeen" | "confirmed">> {
  /** Why its path fails; trusted if absent. */
  readonly failing?: PathReason;
}

export function candidate(name: string, facts: CandidateFacts = {}): CertificateCandidate {
  const own = certificate(name, facts);
  const firstSeen = facts.firstSeen ?? daysAgo(100);
  return {
    entry: {
      address: "bob@example.org",
      certificate: own,
      source: facts.source ?? "signature",
      firstSeen,
      lastSeen: facts.lastSeen === undefined ? firstSeen : facts.lastSeen,
      capabilities: null,
      ...(facts.confirmed === true ? { confirmed: true } : {}),
    },
    path:
      facts.failing === undefined
        ? {
            ok: true,
            path: [own],
            anchor: { certificate: certificate("root"), source: "user" },
            policies: [],
            revocation: [],
            candidates: [],
          }
        : { ok: false, reason: facts.failing, at: own, revocation: [], candidates: [] },
  };
}

export function ownKey(name: string, facts: CertificateFacts = {}): OwnKey {
  return {
    certificate: certificate(name, { address: "alice@example.org", ...facts }),
    chain: [],
    addedAt: daysAgo(100),
  };
}

/** Of one key for both uses. */
export function own(name: string, facts: CertificateFacts = {}): OwnSelection {
  const key = ownKey(name, facts);
  return { signing: key, encryption: key, lapsed: null };
}
