import type { DistinguishedName } from "../trust/certificate.ts";
import { onlyBlock, tagOf, tlvOf } from "./bounded-ber.ts";
import type { Block } from "./bounded-ber.ts";
import { textIn } from "./certificate-values.ts";
import { distinguishedName, encodedName } from "./distinguished-name.ts";
import { children, contentOf, contextTag, explicitPart, malformed } from "./tlv.ts";
import { oidIn } from "./values.ts";

const SMTP_UTF8_MAILBOX = "1.3.6.1.5.5.7.8.9";

/** RFC 5280, 4.2.1.6, as far as mail needs it; the other forms only by their tag number. */
export type GeneralName =
  | { readonly kind: "rfc822Name"; readonly address: string }
  | { readonly kind: "smtpUtf8Mailbox"; readonly address: string }
  | { readonly kind: "directoryName"; readonly name: DistinguishedName }
  | { readonly kind: "other"; readonly form: number };

/**
 * Not by pkijs's class, which refuses an empty rfc822Name and X.400 names as they are in use.
 * @throws SmimeError cms-malformed
 */
export function generalName(element: Block): GeneralName {
  const tag = tagOf(element);
  const form = tag & 0x1f;
  if ((tag & 0xc0) !== 0x80 || form > 8) throw malformed("general name");
  switch (tag) {
    case contextTag(0, true): {
      const [type, value] = children(tlvOf(element));
      if (oidIn(type) !== SMTP_UTF8_MAILBOX) return { kind: "other", form };
      const address = value === undefined ? null : textIn(explicitPart(value));
      if (address === null) throw malformed("SmtpUTF8Mailbox");
      return { kind: "smtpUtf8Mailbox", address };
    }
    case contextTag(1, false):
      return {
        kind: "rfc822Name",
        address: new TextDecoder("latin1").decode(contentOf(tlvOf(element))),
      };
    case contextTag(4, true):
      return { kind: "directoryName", name: distinguishedName(encodedName(onlyBlock(element))) };
    default:
      return { kind: "other", form };
  }
}

/**
 * A mailbox and nothing else: no control characters, no space, one domain. A certificate may carry
 * anything; what is not an address names nobody.
 */
export function isMailbox(address: string): boolean {
  return /^(?:[^\s\p{C}"@<>]+|"[^\p{C}"\\]+")@[^\s\p{C}"@<>]+$/u.test(address);
}
