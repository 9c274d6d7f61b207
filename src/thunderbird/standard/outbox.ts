import { SmimeError } from "../../core/errors.ts";
import { mailboxField, type Mailbox } from "../../core/mime/write/header-text.ts";
import { concatOctets, octetsOf } from "../../core/octets.ts";
import { api } from "../api.ts";
import { prompt } from "../prompts.ts";

/** What Thunderbird is to know for sending and takes out of the message then. */
export interface Envelope {
  /** Without angle brackets. */
  readonly messageId: string;
  readonly identityId: string;
  readonly accountId: string;
  readonly bcc: readonly Mailbox[];
  /** Whether Thunderbird keeps a copy where the identity's settings say. */
  readonly copy: boolean;
  /** Ids of the folders that get one beside. */
  readonly copies: readonly string[];
}

/** Kept from one session to the next, as the messages are: their Message-IDs. */
const WAITING = "outbox";
const WINDOW = "outboxWindow";
const EXPLAINED = "outboxExplained";

/** @throws SmimeError send-failed without an Outbox */
export async function putIntoOutbox(message: Uint8Array, envelope: Envelope): Promise<void> {
  const [outbox] = await api.folders.query({ specialUse: ["outbox"] });
  if (outbox?.id === undefined) throw new SmimeError("send-failed", { detail: "no Outbox" });
  // Before the message may leave: a folder that takes no copy is a reason not to send.
  for (const folder of envelope.copies) await put(message, folder);
  await setWaiting([...(await waiting()), envelope.messageId]);
  await put(concatOctets(octetsOf(envelopeText(envelope)), message), outbox.id);
}

async function put(message: Uint8Array, folder: string): Promise<void> {
  const file = new File([Uint8Array.from(message)], "message.eml");
  await api.messages.import(file, folder, { read: true });
}

function envelopeText({ identityId, accountId, bcc, copy }: Envelope): string {
  return [
    `X-Identity-Key: ${identityId}\r\n`,
    `X-Account-Key: ${accountId}\r\n`,
    copy ? "" : "FCC: nocopy://\r\n",
    mailboxField("Bcc", bcc),
  ].join("");
}

/**
 * Has Thunderbird send what waits. No call does; but in each new main window Thunderbird asks
 * whether to send, or sends at once where the user has said so before.
 */
export async function sendOutbox(): Promise<void> {
  const { [EXPLAINED]: explained } = await api.storage.local.get(EXPLAINED);
  const answer = explained === true ? "done" : await prompt({ kind: "outbox" });
  if (answer === "dismissed") return;
  if (answer === "always") await api.storage.local.set({ [EXPLAINED]: true });
  const { id } = await api.windows.create({ type: "normal" });
  await api.storage.session.set({ [WINDOW]: id });
  // It may have left before the window was known.
  if ((await waiting()).length === 0) await closeWindow();
}

/**
 * Calls back for each message that has left the Outbox on its way to the recipients: one that the
 * user deletes is moved to the trash, which is another event. Register at the top level.
 */
export function onLeft(listener: (messageId: string) => void): void {
  const gone = async ({ messages }: messenger.messages.MessageList) => {
    const before = await waiting();
    const left = messages
      .map(({ headerMessageId }) => headerMessageId)
      .filter((id) => before.includes(id));
    if (left.length === 0) return;
    const rest = before.filter((id) => !left.includes(id));
    await setWaiting(rest);
    for (const id of left) listener(id);
    if (rest.length === 0) await closeWindow();
  };
  api.messages.onDeleted.addListener((deleted) => void gone(deleted));
}

async function closeWindow(): Promise<void> {
  const { [WINDOW]: id } = await api.storage.session.get(WINDOW);
  await api.storage.session.remove(WINDOW);
  // The user may have closed it.
  if (typeof id === "number") await api.windows.remove(id).catch(() => {});
}

async function waiting(): Promise<readonly string[]> {
  const { [WAITING]: ids } = await api.storage.local.get(WAITING);
  return (ids as readonly string[] | undefined) ?? [];
}

async function setWaiting(ids: readonly string[]): Promise<void> {
  await api.storage.local.set({ [WAITING]: ids });
}
