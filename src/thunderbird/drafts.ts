import { api } from "./api.ts";

/** What a compose window holds that matters for its protection. Addresses as typed. */
export interface DraftDetails {
  readonly identityId: string;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  readonly newsgroups: string;
  /** Thunderbird's id of the message being answered or forwarded. */
  readonly relatedMessageId: number | null;
}

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
  const { newsgroups } = details;
  return {
    identityId: details.identityId ?? "",
    from: headerValue(details.from),
    to: headerValue(details.to),
    cc: headerValue(details.cc),
    bcc: headerValue(details.bcc),
    newsgroups: (Array.isArray(newsgroups) ? newsgroups : [newsgroups ?? ""]).join(","),
    relatedMessageId: details.relatedMessageId ?? null,
  };
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
export function onSent(
  listener: (
    tabId: number,
    sent: { readonly mode: "now" | "later"; readonly messageId: string | null },
  ) => void,
): void {
  api.compose.onAfterSend.addListener((tab, info) => {
    if (tab.id === undefined || info.error !== undefined) return;
    listener(tab.id, {
      mode: info.mode === "sendNow" ? "now" : "later",
      messageId: info.headerMessageId?.replace(/^<|>$/g, "") ?? null,
    });
  });
}

/** Calls back when a compose window opens or its identity or state changes. Register at the top level. */
export function onDraftChanged(listener: (tabId: number) => void): void {
  const changed = ({ id }: messenger.tabs.Tab) => {
    if (id !== undefined) listener(id);
  };
  api.compose.onComposeStateChanged.addListener(changed);
  api.compose.onIdentityChanged.addListener(changed);
}
