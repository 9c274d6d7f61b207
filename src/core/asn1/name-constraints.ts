import type { Certificate } from "../trust/certificate.ts";
import { blocksIn, blocksOf, tagOf, wholeBlock } from "./bounded-ber.ts";
import type { Block } from "./bounded-ber.ts";
import { certificateFields, extensionIds } from "./certificate-fields.ts";
import { generalName } from "./general-names.ts";
import type { GeneralName } from "./general-names.ts";
import { contextTag, malformed, tags } from "./tlv.ts";

/** RFC 5280, 4.2.1.10. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/**
 * pkijs's class would pass over subtrees that come in the other order, so it is not asked.
 * @throws SmimeError cms-malformed, also for minimum and maximum, which RFC 5280 rules out
 */
export function nameConstraints(element: Block): NameConstraints {
  const parts = blocksOf(element, tags.sequence);
  const subtrees = (number: number): GeneralName[] =>
    parts
      .filter((part) => tagOf(part) === contextTag(number, true))
      .flatMap(blocksIn)
      .map(baseOf);
  if (
    parts.some((part) => tagOf(part) !== contextTag(0, true) && tagOf(part) !== contextTag(1, true))
  )
    throw malformed("name constraints");
  return { permitted: subtrees(0), excluded: subtrees(1) };
}

function baseOf(subtree: Block): GeneralName {
  const [base, ...limits] = blocksOf(subtree, tags.sequence);
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
  return value === null ? [] : blocksOf(value, tags.sequence).map(generalName);
}

function extensionValue(certificate: Certificate, id: string): Block | null {
  const { extensions } = certificateFields(certificate.der);
  const found = extensions.find((extension) => extension.id === id);
  return found === undefined ? null : wholeBlock(found.value);
}
