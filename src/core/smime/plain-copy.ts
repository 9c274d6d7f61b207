import { readEntity } from "../mime/entity.ts";
import { isStructureField } from "../mime/header-fields.ts";
import { joinOctets, octetsOf } from "../octets.ts";

/**
 * A decrypted message without its encryption: the header outside, with the author's own fields
 * where these were protected (RFC 9788), around what was encrypted.
 * @param content what was encrypted: an entity with its header
 */
export function plainCopy(message: Uint8Array, content: Uint8Array): Uint8Array {
  const { fields: inside, body } = readEntity(content);
  const kept = inside.filter(({ name }) => name !== "hp-outer");
  const replaced = new Set(kept.map(({ name }) => name));
  const outside = readEntity(message).fields.filter(
    (field) => !isStructureField(field) && !replaced.has(field.name),
  );
  const version = [...outside, ...kept].some(({ name }) => name === "mime-version")
    ? ""
    : "MIME-Version: 1.0\r\n";
  return joinOctets([
    ...outside.map(({ raw }) => raw),
    octetsOf(version),
    ...kept.map(({ raw }) => raw),
    octetsOf("\r\n"),
    body,
  ]);
}
