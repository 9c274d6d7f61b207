import { SmimeError } from "../../core/errors.ts";
import { referencesOf } from "../../core/mime/references.ts";
import { flowedText } from "../../core/mime/write/flowed-text.ts";
import type { Mailbox } from "../../core/mime/write/header-text.ts";
import { newMessageId, writeMessage, type MessageDraft } from "../../core/mime/write/message.ts";
import { api } from "../api.ts";
import { mailboxesOf, newsgroupNames, type ComposeDetails } from "../drafts.ts";
import { rawMessage } from "../messages.ts";
import { composedAttachments } from "./composed-attachments.ts";
import { continuedDraft } from "./continued-drafts.ts";
import { linkedFiles } from "./linked-files.ts";
import type { Envelope } from "./outbox.ts";

export interface ComposedMessage {
  readonly message: ArrayBuffer;
  readonly envelope: Envelope;
}

/**
 * The message of a compose window, as complete as the API tells it.
 * @throws SmimeError send-address-unusable, send-attachment-unreadable, send-no-certificate
 */
export async function composedMessage(
  tabId: number,
  details: ComposeDetails,
): Promise<ComposedMessage> {
  const { identityId } = details;
  const identity = identityId === undefined ? null : await api.identities.get(identityId);
  if (identityId === undefined || identity?.accountId === undefined) {
    throw new SmimeError("send-no-certificate");
  }
  const [from] = await mailboxes(details.from);
  if (from === undefined) throw new SmimeError("send-address-unusable");
  const [to, cc, bcc, replyTo] = await Promise.all(
    [details.to, details.cc, details.bcc, details.replyTo].map(mailboxes),
  );
  const linked = linkedFiles(details.body ?? "");
  const messageId = newMessageId(from.address, crypto.randomUUID());
  const message = writeMessage({
    from,
    to: to ?? [],
    cc: cc ?? [],
    replyTo: replyTo ?? [],
    subject: details.subject ?? "",
    ...bodies(details, linked.body),
    attachments: await composedAttachments(tabId, details, linked),
    messageId,
    ...(await threading(tabId, details)),
    date: new Date(),
    organization: identity.organization || null,
    languages: await languages(tabId),
    priority: details.priority ?? "normal",
    newsgroups: newsgroupNames(details),
    returnReceipt: details.returnReceipt ?? false,
    extra: details.customHeaders ?? [],
  });
  return {
    message: Uint8Array.from(message).buffer,
    envelope: {
      messageId,
      identityId,
      accountId: identity.accountId,
      bcc: bcc ?? [],
      copy: details.overrideDefaultFccFolderId === undefined,
      copies: [details.overrideDefaultFccFolderId, details.additionalFccFolderId].flatMap(
        // "" is for none.
        (folder = "") => (folder === "" ? [] : [folder]),
      ),
    },
  };
}

async function mailboxes(recipients: ComposeDetails["to"]): Promise<Mailbox[]> {
  return (await mailboxesOf(recipients)).map(({ name, email }) => {
    // What is no mailing list of the address book either.
    if (email === undefined || !email.includes("@")) {
      throw new SmimeError("send-address-unusable", { detail: "not an address" });
    }
    return {
      name: name === undefined || name === email ? null : name,
      address: asciiAddress(email),
    };
  });
}

/** Domains may be written in any script, the part before them not without SMTPUTF8. */
function asciiAddress(address: string): string {
  if (/^[!-~]+$/.test(address)) return address;
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  if (!/^[!-~]+$/.test(local) || !URL.canParse(`http://${domain}`)) {
    throw new SmimeError("send-address-unusable", { detail: "not ASCII" });
  }
  return `${local}@${new URL(`http://${domain}`).hostname}`;
}

/** Thunderbird flows the text that it makes out of HTML, and not what was typed as plain text. */
function bodies(
  { isPlainText, deliveryFormat, plainTextBody = "" }: ComposeDetails,
  body: string,
): Pick<MessageDraft, "plain" | "html"> {
  if (isPlainText === true) return { plain: flowedText(plainTextBody), html: null };
  switch (deliveryFormat) {
    case "plaintext":
      return { plain: plainTextBody, html: null };
    case "html":
      return { plain: null, html: body };
    case "auto":
    case "both":
    case undefined:
      return { plain: plainTextBody, html: body };
  }
}

/** An answer names what it answers (RFC 5322, section 3.6.4); a draft goes on with what it has. */
async function threading(
  tabId: number,
  details: ComposeDetails,
): Promise<Pick<MessageDraft, "inReplyTo" | "references">> {
  const continued = await continuedDraft(tabId);
  const { type, relatedMessageId } =
    continued === null ? details : ({ type: "draft", relatedMessageId: continued } as const);
  const related =
    relatedMessageId === undefined
      ? null
      : referencesOf(await rawMessage({ id: relatedMessageId }).catch(() => new Uint8Array()));
  if (related === null || type === "new") return { inReplyTo: [], references: [] };
  const { messageId, inReplyTo, references } = related;
  if (type === "draft") return { inReplyTo, references };
  if (messageId === null) return { inReplyTo: [], references: [] };
  // As Thunderbird has it, what is forwarded begins a thread of its own.
  if (type === "forward") return { inReplyTo: [messageId], references: [messageId] };
  const before = references.length > 0 ? references : inReplyTo;
  return { inReplyTo: [messageId], references: [...before, messageId] };
}

async function languages(tabId: number): Promise<string[]> {
  const dictionaries = await api.compose.getActiveDictionaries(tabId);
  return Object.entries(dictionaries).flatMap(([language, active]) => (active ? [language] : []));
}
