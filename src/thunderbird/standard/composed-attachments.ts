import { SmimeError } from "../../core/errors.ts";
import type { MessageDraft } from "../../core/mime/write/message.ts";
import { api } from "../api.ts";
import type { ComposeDetails } from "../drafts.ts";
import { rawMessage } from "../messages.ts";
import { notLinked, type LinkedFiles } from "./linked-files.ts";

type Attachment = MessageDraft["attachments"][number];

/** @throws SmimeError send-attachment-unreadable */
export async function composedAttachments(
  tabId: number,
  details: ComposeDetails,
  linked: LinkedFiles,
): Promise<readonly Attachment[]> {
  const listed = notLinked(await api.compose.listAttachments(tabId), linked);
  const files = await Promise.all(
    listed.map(async ({ id, name = "" }) => {
      const file = await api.compose.getAttachmentFile(id).catch(() => null);
      return { name, file };
    }),
  );
  const unreadable = files.filter(({ file }) => file === null).length;
  return Promise.all(
    files.map(async ({ name, file }) => {
      if (file !== null) {
        return { name, type: file.type, content: new Uint8Array(await file.arrayBuffer()) };
      }
      // A message attached to itself is no file yet; of these the API gives one.
      const { type, relatedMessageId } = details;
      if (type !== "forward" || relatedMessageId === undefined || unreadable > 1) {
        throw new SmimeError("send-attachment-unreadable");
      }
      return { name, type: "message/rfc822", content: await rawMessage({ id: relatedMessageId }) };
    }),
  );
}
