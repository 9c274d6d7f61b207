/** MIME around bare CMS objects, for programs that make and take only those. */

export function multipartSigned(entity: string, cms: Buffer): string {
  const boundary = "=_interoperability";
  return [
    `Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    entity,
    `--${boundary}`,
    "Content-Type: application/pkcs7-signature; name=smime.p7s",
    "Content-Transfer-Encoding: base64",
    "",
    base64Lines(cms),
    `--${boundary}--`,
    "",
  ].join("\r\n");
}

/** @param type "signed-data", "enveloped-data" … */
export function pkcs7Mime(type: string, cms: Buffer): string {
  return [
    `Content-Type: application/pkcs7-mime; smime-type=${type}; name=smime.p7m`,
    "Content-Transfer-Encoding: base64",
    "",
    base64Lines(cms),
    "",
  ].join("\r\n");
}

/** What a multipart/signed with CRLF consists of: the signed entity's exact text, and the CMS. */
/** @returns `entity` is null where the signature has it inside */
export function signedParts(message: string): { entity: string | null; cms: Buffer } {
  if (!/^Content-Type: multipart\/signed/im.test(message)) {
    return { entity: null, cms: cmsOf(message) };
  }
  const boundary = /boundary="?([^"\r\n;]+)"?/.exec(message)?.[1] ?? "";
  const [, entity = "", signature = ""] = message.split(`--${boundary}`);
  return { entity: entity.replace(/^\r\n|\r\n$/g, ""), cms: cmsOf(signature) };
}

/** The decoded body of an entity in base64. */
export function cmsOf(entity: string): Buffer {
  return Buffer.from(entity.slice(entity.indexOf("\r\n\r\n")), "base64");
}

function base64Lines(octets: Buffer): string {
  return octets.toString("base64").replace(/.{76}(?!$)/g, "$&\r\n");
}
