import type { Certificate } from "../trust/certificate.ts";
import { extensionIds } from "./certificate-fields.ts";
import { extensionValue } from "./name-constraints.ts";
import { partsInOrder } from "./strict-der.ts";
import { contextTag, malformed, partsOf, tags, type Tlv } from "./tlv.ts";
import { oidIn, smallIntegerIn } from "./values.ts";

/** What a certificate says about policies (RFC 5280, 4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14). */
export interface PolicyExtensions {
  /** Object identifiers; null where the extension is absent. */
  readonly policies: readonly string[] | null;
  readonly mappings: readonly PolicyMapping[];
  /** Certificates that may follow before it holds; null where it is not asked for. */
  readonly requireExplicitPolicy: number | null;
  readonly inhibitPolicyMapping: number | null;
  readonly inhibitAnyPolicy: number | null;
}

export interface PolicyMapping {
  readonly issuerDomainPolicy: string;
  readonly subjectDomainPolicy: string;
}

/** Beyond these nobody has a use for them, and comparing them takes time. */
const MAX_POLICIES = 200;

/** CPS pointer and user notice (RFC 5280, 4.2.1.4). */
const knownQualifiers: readonly string[] = ["1.3.6.1.5.5.7.2.1", "1.3.6.1.5.5.7.2.2"];

/** What qualifiers say is for people and is passed over. @throws SmimeError cms-malformed */
export function policyExtensionsOf(certificate: Pick<Certificate, "der">): PolicyExtensions {
  const policies = extensionValue(certificate, extensionIds.certificatePolicies);
  const mappings = extensionValue(certificate, extensionIds.policyMappings);
  const constraints = extensionValue(certificate, extensionIds.policyConstraints);
  const inhibitAny = extensionValue(certificate, extensionIds.inhibitAnyPolicy);
  return {
    policies: policies === null ? null : policiesIn(policies),
    mappings: mappings === null ? [] : mappingsIn(mappings),
    ...(constraints === null
      ? { requireExplicitPolicy: null, inhibitPolicyMapping: null }
      : constraintsIn(constraints)),
    inhibitAnyPolicy: inhibitAny === null ? null : skipCertificates(inhibitAny, tags.integer),
  };
}

function policiesIn(tlv: Tlv): string[] {
  const policies = bounded(tlv).map((information) => {
    const [policy] = partsInOrder(information, tags.sequence, [tags.oid, tags.sequence]);
    return oidIn(policy);
  });
  if (new Set(policies).size !== policies.length) throw malformed("policy given twice");
  return policies;
}

/**
 * Whether a certificatePolicies extension has qualifiers that nobody here can interpret: neither
 * address nor notice. Where it is critical that counts. @throws SmimeError cms-malformed
 */
export function hasUnknownQualifiers(tlv: Tlv): boolean {
  return bounded(tlv).some((information) => {
    const qualifiers = partsOf(information, tags.sequence)[1];
    return (
      qualifiers !== undefined &&
      partsOf(qualifiers, tags.sequence).some(
        (qualifier) => !knownQualifiers.includes(oidIn(partsOf(qualifier, tags.sequence)[0])),
      )
    );
  });
}

function mappingsIn(tlv: Tlv): PolicyMapping[] {
  return bounded(tlv).map((mapping) => {
    const [issuer, subject] = partsInOrder(mapping, tags.sequence, [tags.oid, tags.oid]);
    return { issuerDomainPolicy: oidIn(issuer), subjectDomainPolicy: oidIn(subject) };
  });
}

function bounded(tlv: Tlv): readonly Tlv[] {
  const parts = partsOf(tlv, tags.sequence);
  if (parts.length === 0 || parts.length > MAX_POLICIES) throw malformed("number of policies");
  return parts;
}

function constraintsIn(
  tlv: Tlv,
): Pick<PolicyExtensions, "requireExplicitPolicy" | "inhibitPolicyMapping"> {
  const [require, inhibit] = partsInOrder(tlv, tags.sequence, [
    contextTag(0, false),
    contextTag(1, false),
  ]);
  if (require === undefined && inhibit === undefined) throw malformed("policy constraints");
  return {
    requireExplicitPolicy:
      require === undefined ? null : skipCertificates(require, contextTag(0, false)),
    inhibitPolicyMapping:
      inhibit === undefined ? null : skipCertificates(inhibit, contextTag(1, false)),
  };
}

/** SkipCerts, under an implicit tag or not. */
function skipCertificates(tlv: Tlv, tag: number): number {
  return smallIntegerIn(tlv.tag === tag ? { ...tlv, tag: tags.integer } : tlv);
}
