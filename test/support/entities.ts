import { Buffer } from "node:buffer";

/** MIME entities to be wrapped by openssl: header fields, an empty line, and the body. */

export interface EntityHeader {
  readonly type: string;
  /** "inline" or "attachment", with the name of the file. */
  readonly disposition?: string;
  readonly contentId?: string;
}

/** One part in base64; text is UTF-8. */
export function entity(header: EntityHeader, content: string | Uint8Array): Buffer {
  const { type, disposition, contentId } = header;
  const lines = Buffer.from(content).toString("base64").replace(/.{76}/g, "$&\n");
  return Buffer.from(
    [
      `Content-Type: ${type}`,
      ...(disposition === undefined ? [] : [`Content-Disposition: ${disposition}`]),
      ...(contentId === undefined ? [] : [`Content-ID: <${contentId}>`]),
      "Content-Transfer-Encoding: base64",
      "",
      lines,
      "",
    ].join("\n"),
  );
}

export function htmlEntity(html: string): Buffer {
  return entity({ type: "text/html; charset=utf-8" }, html);
}

/** An attached message is never base64 (RFC 2046, section 5.2.1). */
export function messageEntity(message: Uint8Array, disposition: string): Buffer {
  const header = `Content-Type: message/rfc822\nContent-Disposition: ${disposition}\n\n`;
  return Buffer.concat([Buffer.from(header), message]);
}

/** @param subtype "mixed", "related" … */
export function multipart(subtype: string, ...parts: readonly Uint8Array[]): Buffer {
  const boundary = `part-${crypto.randomUUID()}`;
  return Buffer.concat([
    Buffer.from(`Content-Type: multipart/${subtype}; boundary="${boundary}"\n\n`),
    ...parts.flatMap((part) => [Buffer.from(`--${boundary}\n`), part, Buffer.from("\n")]),
    Buffer.from(`--${boundary}--\n`),
  ]);
}
