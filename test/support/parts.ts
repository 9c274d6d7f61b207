import { contentTypeOf, parseParameterizedValue } from "../../src/core/mime/content-type.ts";
import { headerFields, headerValues, splitHeaderBody } from "../../src/core/mime/header-fields.ts";
import { multipartParts } from "../../src/core/mime/multipart.ts";
import { decodeBody } from "../../src/core/mime/transfer-encoding.ts";

/** A leaf of a message, as a person gets to see it. */
export interface Part {
  /** The types around it and its own, such as "multipart/mixed > text/plain". */
  readonly path: string;
  readonly fileName: string;
  readonly disposition: string;
  readonly content: Buffer;
}

/** The leaves of an entity in order; an attached message is one. */
export function partsOf(entity: Uint8Array, path = ""): Part[] {
  const { header, body } = splitHeaderBody(entity);
  const fields = headerFields(header);
  const type = contentTypeOf(fields);
  const here = path === "" ? (type?.value ?? "") : `${path} > ${type?.value ?? ""}`;
  const boundary = type?.parameters.get("boundary");
  if (type?.value.startsWith("multipart/") && boundary !== undefined) {
    return multipartParts(body, boundary).flatMap((part) => partsOf(part, here));
  }
  const [given = ""] = headerValues(fields, "content-disposition");
  const disposition = parseParameterizedValue(given);
  return [
    {
      path: here,
      fileName: disposition.parameters.get("filename") ?? "",
      disposition: disposition.value,
      content: Buffer.from(decodeBody(fields, body)),
    },
  ];
}

/** The header fields of a message by name, unfolded and in lower case. */
export function headersOf(message: Uint8Array): Map<string, string> {
  const fields = headerFields(splitHeaderBody(message).header);
  return new Map(fields.map(({ name, value }) => [name, value]));
}
