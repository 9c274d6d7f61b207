import { concatOctets, joinOctets, latin1Text, octetsOf } from "../octets.ts";
import { readEntity, type Entity } from "./entity.ts";
import { headerField, type HeaderField } from "./header-fields.ts";
import { lineFacts } from "./line-ends.ts";
import { mainBodyParts } from "./main-body-parts.ts";
import { decodeBody } from "./transfer-encoding.ts";

/** RFC 5322, section 2.1.1. */
const MAX_LINE = 998;

/**
 * The message with its own text in 8 bits in place of quoted-printable or base64 (RFC 2045, section
 * 6.2), for readers that decode no transfer encoding below a signature. Text that would not travel
 * unchanged so (long lines, NUL, bare line ends, what looks like a delimiter or "From ") stays as it
 * is, and so do attachments.
 */
export function asEightBit(message: Uint8Array): Uint8Array {
  const root = readEntity(message);
  const pieces: Uint8Array[] = [];
  let from = message.length - root.body.length;
  let changed = false;
  for (const part of mainBodyParts(root)) {
    const decoded = decodedText(part);
    if (decoded === null) continue;
    changed = true;
    if (part.whole === null) return entityOf(part.fields, decoded);
    const start = part.whole.byteOffset - message.byteOffset;
    pieces.push(message.subarray(from, start), entityOf(part.fields, decoded));
    from = start + part.whole.length;
  }
  if (!changed) return message;
  return entityOf(root.fields, joinOctets([...pieces, message.subarray(from)]));
}

/** null where it stays as it is. */
function decodedText({ fields, body }: Entity): Uint8Array | null {
  const decoded = decodeBody(fields, body);
  if (decoded === body || !decoded.some((octet) => octet > 127)) return null;
  const { hasNul, longest, missing } = lineFacts(decoded);
  if (hasNul || longest > MAX_LINE || missing > 0) return null;
  return /^(?:From |--)/m.test(latin1Text(decoded)) ? null : decoded;
}

function entityOf(fields: readonly HeaderField[], body: Uint8Array): Uint8Array {
  const label = headerField(octetsOf("Content-Transfer-Encoding: 8bit\r\n"));
  const others = fields.filter(({ name }) => name !== "content-transfer-encoding");
  return concatOctets(...[...others, label].map(({ raw }) => raw), octetsOf("\r\n"), body);
}
