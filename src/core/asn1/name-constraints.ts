import type { Certificate } from "../trust/certificate.ts";
import { certificateFields, extensionIds } from "./certificate-fields.ts";
import { generalName } from "./general-names.ts";
import type { GeneralName } from "./general-names.ts";
import { partsInOrder, wholeTlv } from "./strict-der.ts";
import { children, contextTag, malformed, partsOf, tags, type Tlv } from "./tlv.ts";
import { smallIntegerIn } from "./values.ts";

/** RFC 5280, 4.2.1.10. */
export interface NameConstraints {
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
}

export interface Subtree {
  readonly base: GeneralName;
  /** It has a minimum or a maximum, which RFC 5280 rules out: nobody can say what it covers. */
  readonly limited: boolean;
}

/** @throws SmimeError cms-malformed */
export function nameConstraints(element: Tlv): NameConstraints {
  const [permitted, excluded] = partsInOrder(element, tags.sequence, [
    contextTag(0, true),
    contextTag(1, true),
  ]);
  if (permitted === undefined && excluded === undefined) throw malformed("name constraints");
  return { permitted: subtrees(permitted), excluded: subtrees(excluded) };
}

function subtrees(tlv: Tlv | undefined): Subtree[] {
  if (tlv === undefined) return [];
  const found = children(tlv).map(subtree);
  if (found.length === 0) throw malformed("subtrees");
  return found;
}

function subtree(tlv: Tlv): Subtree {
  const [base, ...limits] = partsOf(tlv, tags.sequence);
  if (base === undefined) throw malformed("subtree");
  return { base: generalName(base), limited: limits.some((limit) => !isDefault(limit)) };
}

/** A minimum of zero, which need not have been written. */
function isDefault(limit: Tlv): boolean {
  return (
    limit.tag === contextTag(0, false) && smallIntegerIn({ ...limit, tag: tags.integer }) === 0
  );
}

/** null where the certificate has no such extension. */
export function nameConstraintsOf(certificate: Certificate): NameConstraints | null {
  const value = extensionValue(certificate, extensionIds.nameConstraints);
  return value === null ? null : nameConstraints(value);
}

/** The subject alternative names; none where the certificate has no such extension. */
export function alternativeNamesOf(certificate: Certificate): GeneralName[] {
  const value = extensionValue(certificate, extensionIds.subjectAlternativeName);
  return value === null ? [] : partsOf(value, tags.sequence).map(generalName);
}

/** null where the certificate has no such extension. @throws SmimeError cms-malformed */
export function extensionValue(certificate: Pick<Certificate, "der">, id: string): Tlv | null {
  const { extensions } = certificateFields(certificate.der);
  const found = extensions.find((extension) => extension.id === id);
  return found === undefined ? null : wholeTlv(found.value);
}
