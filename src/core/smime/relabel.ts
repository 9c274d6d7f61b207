import { headerFields, splitHeaderBody } from "../mime/header-fields.ts";
import { concatOctets, joinOctets, octetsOf } from "../octets.ts";
import { entityKind, protectionHint } from "./protection-hint.ts";

/**
 * Whether Thunderbird's own S/MIME may take a message for one that it has to decrypt: then it shows
 * an error page in its place. Version 140 does so with authEnveloped-data too, 153 does not.
 */
export function mayBeTakenForEnveloped(message: Uint8Array): boolean {
  const kind = entityKind(headerFields(splitHeaderBody(message).header));
  return kind.kind === "pkcs7-mime" && protectionHint(message) === "enveloped";
}

/**
 * The same message, as encrypted as before, under a label that Thunderbird's own S/MIME leaves
 * alone: it takes the other names of RFC 8551, section 3.2.1, for its own. Who reads the message
 * with this add-on goes by the content.
 */
export function relabelled(message: Uint8Array): Uint8Array {
  const { header, body } = splitHeaderBody(message);
  const kept = headerFields(header).filter(
    ({ name }) => name !== "content-type" && name !== "content-disposition",
  );
  return concatOctets(
    joinOctets(kept.map(({ raw }) => raw)),
    octetsOf(
      'Content-Type: application/octet-stream; name="smime.p7z"\r\n' +
        'Content-Disposition: attachment; filename="smime.p7z"\r\n\r\n',
    ),
    body,
  );
}
