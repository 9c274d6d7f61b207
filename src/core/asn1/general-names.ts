import type { DistinguishedName } from "../trust/certificate.ts";
import { textIn } from "./certificate-values.ts";
import { distinguishedName } from "./distinguished-name.ts";
import { children, contentOf, contextTag, explicitPart, malformed, type Tlv } from "./tlv.ts";
import { oidIn } from "./values.ts";

const SMTP_UTF8_MAILBOX = "1.3.6.1.5.5.7.8.9";

/** RFC 5280, 4.2.1.6; what nobody here looks into only by its tag number. */
export type GeneralName =
  | { readonly kind: "rfc822Name"; readonly address: string }
  | { readonly kind: "smtpUtf8Mailbox"; readonly address: string }
  | { readonly kind: "dnsName"; readonly domain: string }
  | { readonly kind: "directoryName"; readonly name: DistinguishedName }
  | { readonly kind: "uri"; readonly uri: string }
  /** Four or sixteen octets; twice as many with the mask of a name constraint. */
  | { readonly kind: "ipAddress"; readonly octets: Uint8Array }
  /** `type` is an otherName's. */
  | { readonly kind: "other"; readonly form: number; readonly type: string | null };

/** @throws SmimeError cms-malformed */
export function generalName(element: Tlv): GeneralName {
  const { tag } = element;
  const form = tag & 0x1f;
  if ((tag & 0xc0) !== 0x80 || form > 8) throw malformed("general name");
  const text = () => new TextDecoder("latin1").decode(contentOf(element));
  switch (tag) {
    case contextTag(0, true):
      return otherName(element);
    case contextTag(1, false):
      return { kind: "rfc822Name", address: text() };
    case contextTag(2, false):
      return { kind: "dnsName", domain: text() };
    case contextTag(4, true):
      return { kind: "directoryName", name: distinguishedName(explicitPart(element)) };
    case contextTag(6, false):
      return { kind: "uri", uri: text() };
    case contextTag(7, false):
      return { kind: "ipAddress", octets: contentOf(element) };
    default:
      return { kind: "other", form, type: null };
  }
}

function otherName(element: Tlv): GeneralName {
  const [typeId, value] = children(element);
  const type = oidIn(typeId);
  if (type !== SMTP_UTF8_MAILBOX) return { kind: "other", form: 0, type };
  const address = value === undefined ? null : textIn(explicitPart(value));
  if (address === null) throw malformed("SmtpUTF8Mailbox");
  return { kind: "smtpUtf8Mailbox", address };
}

/**
 * A mailbox and nothing else: no control characters, no space, one domain. A certificate may carry
 * anything; what is not an address names nobody.
 */
export function isMailbox(address: string): boolean {
  return /^(?:[^\s\p{C}"@<>]+|"[^\p{C}"\\]+")@[^\s\p{C}"@<>]+$/u.test(address);
}
