import { api } from "./api.ts";
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
  /** Thunderbird's id of the message being answered or forwarded. */
  readonly relatedMessageId: number | null;
}

/** The published types know manifest version 2. */
export type ComposeDetails = messenger.compose.ComposeDetails & {
  /** "" for no copy at all; absent where nothing but the identity's settings count. */
  readonly overrideDefaultFccFolderId?: string;
};

type Recipients = messenger.compose.ComposeRecipientList | undefined;

/** Header values: mailing lists and contacts given by id are left to Thunderbird, which expands them. */
function headerValue(recipients: Recipients): string {
  const list =
    recipients === undefined ? [] : Array.isArray(recipients) ? recipients : [recipients];
  return list.filter((entry): entry is string => typeof entry === "string").join(", ");
}

/** @throws when the tab is no compose tab (any more) */
export async function draftDetails(tabId: number): Promise<DraftDetails> {
  const details = await api.compose.getComposeDetails(tabId);
  return {
    ...outgoingOf(tabId, details),
    relatedMessageId: details.relatedMessageId ?? null,
  };
}

export function outgoingOf(tabId: number, details: ComposeDetails): Outgoing {
  const { newsgroups } = details;
  return {
    tabId,
    identityId: details.identityId ?? "",
    from: headerValue(details.from),
    to: headerValue(details.to),
    cc: headerValue(details.cc),
    bcc: headerValue(details.bcc),
    newsgroups: (Array.isArray(newsgroups) ? newsgroups : [newsgroups ?? ""]).join(","),
    builtIn: builtInProtection(details),
  };
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

/** By Thunderbird's own parser, groups expanded. A mailing list is its name without an address. */
export async function mailboxesOf(
  recipients: Recipients,
): Promise<readonly { readonly name?: string; readonly email?: string }[]> {
  const value = headerValue(recipients);
  return value === "" ? [] : api.messengerUtilities.parseMailboxString(value);
}

export async function draftSubject(tabId: number): Promise<string> {
  return (await api.compose.getComposeDetails(tabId)).subject ?? "";
}

/** A window that nobody has written in yet still closes without asking. */
export async function setDraftSubject(tabId: number, subject: string): Promise<void> {
  const { isModified } = await api.compose.getComposeDetails(tabId);
  await api.compose.setComposeDetails(tabId, { subject, isModified });
}

/** Opens a compose window for the user to look at and send. */
export async function openDraft(draft: {
  readonly identityId: string | null;
  readonly to: string | null;
  readonly subject: string;
  readonly body: string;
}): Promise<void> {
  await api.compose.beginNew({
    ...(draft.identityId === null ? {} : { identityId: draft.identityId }),
    ...(draft.to === null ? {} : { to: [draft.to] }),
    subject: draft.subject,
    plainTextBody: draft.body,
    isPlainText: true,
  });
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
