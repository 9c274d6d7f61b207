import { SmimeError } from "../core/errors.ts";
import { api } from "./api.ts";
import type { AttachedFile } from "./attachments.ts";
import { withMembers, type Mailbox } from "./mailing-lists.ts";
import type { Outgoing, Sent } from "./transport.ts";

/** What a compose window holds that matters for its protection. Addresses as typed. */
export interface DraftDetails {
  readonly identityId: string;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  readonly newsgroups: string;
  /** What Thunderbird's own OpenPGP or S/MIME is switched on for. */
  readonly builtIn: "none" | "signed" | "encrypted";
}

/** The published types know manifest version 2. */
export type ComposeDetails = messenger.compose.ComposeDetails & {
  /** "" for no copy at all; absent where nothing but the identity's settings count. */
  readonly overrideDefaultFccFolderId?: string;
  /** Absent or "" for none. */
  readonly additionalFccFolderId?: string;
};

type Recipients = messenger.compose.ComposeRecipientList | undefined;

/** Header values. Thunderbird names lists and contacts by id only where an add-on has put them so. */
function headerValue(recipients: Recipients): string {
  const list =
    recipients === undefined ? [] : Array.isArray(recipients) ? recipients : [recipients];
  return list.filter((entry): entry is string => typeof entry === "string").join(", ");
}

/** @throws when the tab is no compose tab (any more) */
export async function draftDetails(tabId: number): Promise<DraftDetails> {
  return outgoingOf(tabId, await api.compose.getComposeDetails(tabId));
}

export function outgoingOf(tabId: number, details: ComposeDetails): Outgoing {
  return {
    tabId,
    purpose: "send",
    identityId: details.identityId ?? "",
    from: headerValue(details.from),
    to: headerValue(details.to),
    cc: headerValue(details.cc),
    bcc: headerValue(details.bcc),
    newsgroups: newsgroupNames(details).join(","),
    builtIn: builtInProtection(details),
  };
}

export function newsgroupNames({ newsgroups = [] }: ComposeDetails): readonly string[] {
  return [newsgroups]
    .flat()
    .flatMap((list) => list.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** "new" also for templates, and for a message that is edited as new or redirected. */
export async function draftKind(tabId: number): Promise<string> {
  return (await api.compose.getComposeDetails(tabId)).type ?? "new";
}

/** Whether the window shows anything that was written. */
export async function holdsText(tabId: number): Promise<boolean> {
  const { plainTextBody = "" } = await api.compose.getComposeDetails(tabId);
  return plainTextBody.trim() !== "" || (await api.compose.listAttachments(tabId)).length > 0;
}

export interface DraftContent {
  readonly subject: string;
  readonly html: string | null;
  readonly text: string | null;
  readonly attachments: readonly AttachedFile[];
  /** Pictures that the HTML refers to by Content-ID. */
  readonly inlineImages: readonly (AttachedFile & { readonly contentId: string })[];
}

/**
 * Writes into a window that holds nothing yet. A window keeps its format, HTML or plain text.
 * @returns the ids of the attachments
 */
export async function fillDraft(tabId: number, content: DraftContent): Promise<number[]> {
  const ids: number[] = [];
  for (const attachment of content.attachments) ids.push(await attachFile(tabId, attachment));
  await api.compose.setComposeDetails(tabId, {
    subject: content.subject,
    ...((await isPlainText(tabId))
      ? { plainTextBody: await plainText(content) }
      : { body: htmlWithImages(content) }),
  });
  await setUnmodified(tabId);
  return ids;
}

/** Thunderbird writes it to its temporary folder, as every attachment. @returns its id */
export async function attachFile(
  tabId: number,
  { name, type, content }: AttachedFile,
): Promise<number> {
  const file = new File([Uint8Array.from(content)], name || "attachment", { type });
  return (await api.compose.addAttachment(tabId, { file })).id;
}

/** In the order in which they are sent and saved. */
export async function attachmentIds(tabId: number): Promise<number[]> {
  return (await api.compose.listAttachments(tabId)).map(({ id }) => id);
}

export async function detachFile(tabId: number, id: number): Promise<void> {
  await api.compose.removeAttachment(tabId, id);
}

export async function attachedFiles(
  tabId: number,
): Promise<{ readonly id: number; readonly name: string; readonly content: Uint8Array }[]> {
  const attachments = await api.compose.listAttachments(tabId);
  return Promise.all(
    attachments.map(async ({ id, name = "" }) => {
      const file = await api.compose.getAttachmentFile(id);
      return { id, name, content: new Uint8Array(await file.arrayBuffer()) };
    }),
  );
}

/** Whether the window has no HTML editor. */
export async function isPlainText(tabId: number): Promise<boolean> {
  return (await api.compose.getComposeDetails(tabId)).isPlainText === true;
}

export function htmlAsText(html: string): Promise<string> {
  return api.messengerUtilities.convertToPlainText(html);
}

/** Closes the window without asking. */
export async function closeDraft(tabId: number): Promise<void> {
  await setUnmodified(tabId);
  await api.tabs.remove(tabId);
}

async function setUnmodified(tabId: number): Promise<void> {
  await api.compose.setComposeDetails(tabId, { isModified: false });
}

async function plainText({ html, text }: DraftContent): Promise<string> {
  return text ?? (await htmlAsText(html ?? ""));
}

/** Thunderbird makes attachments of the pictures again when the message is built. */
function htmlWithImages({ html, text, inlineImages }: DraftContent): string {
  const draft = new DOMParser().parseFromString(html ?? "", "text/html");
  if (html === null) {
    draft.body.append(
      ...(text ?? "").split("\n").flatMap((line) => [line, draft.createElement("br")]),
    );
  }
  const images = new Map(
    inlineImages.map(({ contentId, type, content }) => [
      `cid:${contentId}`,
      `data:${type};base64,${base64(content)}`,
    ]),
  );
  for (const image of draft.querySelectorAll("img")) {
    const source = images.get(image.getAttribute("src") ?? "");
    if (source !== undefined) image.setAttribute("src", source);
  }
  return draft.documentElement.innerHTML;
}

function base64(octets: Uint8Array): string {
  let binary = "";
  for (const octet of octets) binary += String.fromCharCode(octet);
  return btoa(binary);
}

function builtInProtection(details: messenger.compose.ComposeDetails): DraftDetails["builtIn"] {
  // The types do not know it yet.
  const { selectedEncryptionTechnology: technology } = details as {
    readonly selectedEncryptionTechnology?: {
      readonly encryptBody?: boolean;
      readonly signMessage?: boolean;
    };
  };
  if (technology?.encryptBody === true) return "encrypted";
  return technology?.signMessage === true ? "signed" : "none";
}

/** By Thunderbird's own parser, with the members of groups and of the address book's lists. */
export async function mailboxesOf(recipients: Recipients): Promise<readonly Mailbox[]> {
  const value = headerValue(recipients);
  return value === "" ? [] : withMembers(await api.messengerUtilities.parseMailboxString(value));
}

/** What Thunderbird has put into an answer, as far as it took it from the answered header. */
export async function answerDetails(tabId: number): Promise<{
  readonly subject: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly isReply: boolean;
}> {
  const { subject = "", to, cc, type } = await api.compose.getComposeDetails(tabId);
  const mailboxes = (list: Recipients) =>
    [list ?? []].flat().filter((entry) => typeof entry === "string");
  return { subject, to: mailboxes(to), cc: mailboxes(cc), isReply: type === "reply" };
}

/** A window that nobody has written in yet still closes without asking. */
export async function setAnswerDetails(
  tabId: number,
  {
    subject,
    to,
    cc,
  }: {
    readonly subject?: string;
    readonly to?: readonly string[];
    readonly cc?: readonly string[];
  },
): Promise<void> {
  const { isModified } = await api.compose.getComposeDetails(tabId);
  await api.compose.setComposeDetails(tabId, {
    ...(subject === undefined ? {} : { subject }),
    ...(to === undefined ? {} : { to: [...to] }),
    ...(cc === undefined ? {} : { cc: [...cc] }),
    isModified,
  });
}

/** Opens a compose window for the user to look at and send. @returns its tab */
export async function openDraft(draft: {
  readonly identityId: string | null;
  readonly to: string | null;
  readonly subject: string;
  readonly body: string;
}): Promise<number> {
  const { id } = await api.compose.beginNew({
    ...(draft.identityId === null ? {} : { identityId: draft.identityId }),
    ...(draft.to === null ? {} : { to: [draft.to] }),
    subject: draft.subject,
    plainTextBody: draft.body,
    isPlainText: true,
  });
  if (id === undefined) throw new SmimeError("not-found");
  return id;
}

/** A message has left, or is waiting in the Outbox. Register at the top level. */
export function onSent(listener: (tabId: number, sent: Sent) => void): void {
  api.compose.onAfterSend.addListener((tab, info) => {
    if (tab.id === undefined || info.error !== undefined) return;
    listener(tab.id, {
      mode: info.mode === "sendNow" ? "now" : "later",
      messageId: info.headerMessageId?.replace(/^<|>$/g, "") ?? null,
    });
  });
}

/** Often enough to follow typing, seldom enough not to be felt. */
const LOOK_EVERY_MS = 1000;

/**
 * Calls back for each open compose window, whenever it may have changed. Thunderbird has no event
 * for a changed recipient, so the windows are looked at regularly; the looking ends with the last
 * one, and then nothing keeps the background awake. Register at the top level.
 */
export function watchDrafts(listener: (tabId: number) => Promise<void>): void {
  const open = new Set<number>();
  let timer: ReturnType<typeof setInterval> | null = null;

  const look = async (tabId: number) => {
    try {
      await api.tabs.get(tabId);
    } catch {
      open.delete(tabId);
      return;
    }
    await listener(tabId);
  };
  const lookAtAll = () => {
    for (const tabId of open) void look(tabId);
    if (open.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
  const opened = ({ id }: messenger.tabs.Tab) => {
    if (id === undefined) return;
    open.add(id);
    timer ??= setInterval(lookAtAll, LOOK_EVERY_MS);
    void look(id);
  };
  api.compose.onComposeStateChanged.addListener(opened);
  api.compose.onIdentityChanged.addListener(opened);
}
