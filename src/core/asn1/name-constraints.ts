import type { Certificate } from "../trust/certificate.ts";
import { certificateFields, extensionIds } from "./certificate-fields.ts";
import { wholeTlv } from "./certificate-values.ts";
import { generalName } from "./general-names.ts";
import type { GeneralName } from "./general-names.ts";
import { children, contextTag, malformed, partsOf, tags } from "./tlv.ts";
import type { Tlv } from "./tlv.ts";

/** RFC 5280, 4.2.1.10. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** @throws SmimeError cms-malformed, also for minimum and maximum, which RFC 5280 rules out */
export function nameConstraints(element: Tlv): NameConstraints {
  const parts = partsOf(element, tags.sequence);
  const subtrees = (number: number): GeneralName[] =>
    parts
      .filter(({ tag }) => tag === contextTag(number, true))
      .flatMap(children)
      .map(baseOf);
  if (parts.some(({ tag }) => tag !== contextTag(0, true) && tag !== contextTag(1, true)))
    throw malformed("name constraints");
  return { permitted: subtrees(0), excluded: subtrees(1) };
}

function baseOf(subtree: Tlv): GeneralName {
  const [base, ...limits] = partsOf(subtree, tags.sequence);
  if (base === undefined || limits.length > 0) throw malformed("subtree");
  return generalName(base);
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

function extensionValue(certificate: Certificate, id: string): Tlv | null {
  const { extensions } = certificateFields(certificate.der);
  const found = extensions.find((extension) => extension.id === id);
  return found === undefined ? null : wholeTlv(found.value);
}
