import { headerFields, splitHeaderBody } from "../mime/header-fields.ts";
import { concatOctets, joinOctets, octetsOf } from "../octets.ts";
import { entityKind, protectionHint } from "./protection-hint.ts";

/**
 * Whether Thunderbird's own S/MIME takes a message for one that it has to decrypt: then it shows an
 * error page in its place. It goes by the header alone, and knows no authEnveloped-data.
 */
export function isTakenForEnveloped(message: Uint8Array): boolean {
  const kind = entityKind(headerFields(splitHeaderBody(message).header));
  return (
    kind.kind === "pkcs7-mime" &&
    kind.smimeType !== "authenveloped-data" &&
    protectionHint(message) === "enveloped"
  );
}

/**
 * The same message, as encrypted as before, under a label that Thunderbird's own S/MIME does not
 * know. Who reads it with this add-on goes by the content.
 */
export function relabelled(message: Uint8Array): Uint8Array {
  const { header, body } = splitHeaderBody(message);
  const kept = headerFields(header).filter(
    ({ name }) => name !== "content-type" && name !== "content-disposition",
  );
  return concatOctets(
    joinOctets(kept.map(({ raw }) => raw)),
    octetsOf(
      'Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data;\r\n name="smime.p7m"\r\n\r\n',
    ),
    body,
  );
}
