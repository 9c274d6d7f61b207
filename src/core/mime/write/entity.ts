import { concatOctets, hexText, joinOctets, octetsOf, randomOctets } from "../../octets.ts";
import { encodeBase64Lines } from "../base64.ts";
import { canonicalLineEnds } from "../line-ends.ts";
import { parameterField } from "./header-text.ts";

/**
 * MIME entities from their parts (RFC 2045, RFC 2046). The one well-kept builder on npm, nodemailer's,
 * needs twelve of Node's modules, with stand-ins for which it is 300 KB; emailjs-mime-builder (780 KB)
 * takes text files for UTF-8 and damages others; mimetext and mail-mime-builder take attachments as
 * strings, fold no subject, and write names of files that are not ASCII as they are.
 */
export type EntityDraft =
  | {
      readonly kind: "text";
      readonly subtype: "plain" | "html";
      readonly text: string;
      /** Beside the charset. */
      readonly parameters?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "file";
      readonly type: string;
      readonly name: string;
      readonly content: Uint8Array;
      /** For a part that another one shows (RFC 2392), without angle brackets. */
      readonly contentId?: string;
    }
  | {
      readonly kind: "multipart";
      readonly subtype: "mixed" | "alternative" | "related";
      readonly parts: readonly EntityDraft[];
    };

const CRLF = "\r\n";

/** The entity with its own Content-* fields, fit for any transport but for attached messages. */
export function writeEntity(draft: EntityDraft): Uint8Array {
  switch (draft.kind) {
    case "text":
      return base64Entity(
        parameterField("Content-Type", `text/${draft.subtype}`, {
          charset: "UTF-8",
          ...draft.parameters,
        }),
        canonicalLineEnds(new TextEncoder().encode(draft.text)),
      );
    case "file":
      return fileEntity(draft);
    case "multipart": {
      const boundary = `=_${hexText(randomOctets(18))}`;
      return joinOctets([
        octetsOf(parameterField("Content-Type", `multipart/${draft.subtype}`, { boundary }) + CRLF),
        ...draft.parts.flatMap((part) => [
          octetsOf(`--${boundary}${CRLF}`),
          writeEntity(part),
          octetsOf(CRLF),
        ]),
        octetsOf(`--${boundary}--${CRLF}`),
      ]);
    }
  }
}

function fileEntity({
  type,
  name,
  content,
  contentId,
}: Extract<EntityDraft, { kind: "file" }>): Uint8Array {
  const disposition = contentId === undefined ? "attachment" : "inline";
  const fields =
    parameterField("Content-Type", mediaType(type), {}) +
    parameterField("Content-Disposition", disposition, name === "" ? {} : { filename: name }) +
    (contentId === undefined ? "" : `Content-ID: <${contentId}>${CRLF}`);
  if (!/^message\//i.test(type)) return base64Entity(fields, content);
  // An attached message may not be encoded (RFC 2046, section 5.2.1).
  const encoding = content.some((octet) => octet > 127) ? "8bit" : "7bit";
  return concatOctets(
    octetsOf(`${fields}Content-Transfer-Encoding: ${encoding}${CRLF}${CRLF}`),
    canonicalLineEnds(content),
  );
}

/** The type without parameters, which a file's reader may take for the message's own. */
function mediaType(type: string): string {
  const [value = ""] = type.split(";", 1);
  return /^[\w.+-]+\/[\w.+-]+$/.test(value.trim()) ? value.trim() : "application/octet-stream";
}

function base64Entity(fields: string, content: Uint8Array): Uint8Array {
  return concatOctets(
    octetsOf(`${fields}Content-Transfer-Encoding: base64${CRLF}${CRLF}`),
    encodeBase64Lines(content),
  );
}
