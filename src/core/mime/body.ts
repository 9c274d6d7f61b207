import PostalMime, { type Attachment } from "postal-mime";
import { SmimeError } from "../errors.ts";

/** A message's content, decoded for display. */
export interface MessageBody {
  /** As the sender wrote it, not sanitised. */
  readonly html: string | null;
  readonly text: string | null;
  /** What is not shown inline. */
  readonly attachments: readonly BodyAttachment[];
  /** Images that the HTML refers to by Content-ID (without angle brackets). */
  readonly inlineImages: readonly (BodyAttachment & { readonly contentId: string })[];
}

export interface BodyAttachment {
  /** Safe as the name of a file: no path, no control characters. Empty where the part has no name. */
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array;
}

/**
 * Decodes a complete message (RFC 2045 to 2049). Attached messages stay attachments: their text is
 * not this message's text.
 * @throws SmimeError message-too-complex
 */
export async function readBody(message: Uint8Array): Promise<MessageBody> {
  let email;
  try {
    email = await PostalMime.parse(message, { forceRfc822Attachments: true, maxNestingDepth: 32 });
  } catch (cause) {
    throw new SmimeError("message-too-complex", { cause });
  }
  const inlineImages = email.attachments.flatMap((attachment) =>
    attachment.related && attachment.contentId && attachment.mimeType.startsWith("image/")
      ? [{ ...decoded(attachment), contentId: attachment.contentId.replace(/^<|>$/g, "") }]
      : [],
  );
  const shown = new Set(inlineImages.map(({ contentId }) => contentId));
  return {
    html: email.html ?? null,
    text: email.text ?? null,
    attachments: email.attachments
      .filter(({ contentId }) => !shown.has(contentId?.replace(/^<|>$/g, "") ?? ""))
      .map(decoded),
    inlineImages,
  };
}

function decoded({ filename, mimeType, content }: Attachment): BodyAttachment {
  return {
    name: fileName(filename ?? ""),
    type: mimeType,
    content:
      typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content),
  };
}

function fileName(name: string): string {
  return name
    .replace(/^.*[/\\]/, "")
    .replace(/[\p{Cc}\p{Cf}:*?"<>|]/gu, "_")
    .replace(/^\.+|[. ]+$/g, "_")
    .slice(0, 200);
}
