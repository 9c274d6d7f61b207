import { SmimeError } from "../../core/errors.ts";
import { mailboxField, type Mailbox } from "../../core/mime/write/header-text.ts";
import { concatOctets, octetsOf } from "../../core/octets.ts";
import { api } from "../api.ts";
import { isInSent } from "../messages.ts";
import { prompt } from "../prompts.ts";
import { deletePermanently } from "./delete-permanently.ts";

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

/**
 * Call before anything else: from then on it is noticed when the message leaves the Outbox.
 * @throws SmimeError send-outbox-refused
 */
export async function announce(messageId: string): Promise<void> {
  await changeWaiting((ids) => [...ids, messageId]).catch((cause: unknown) => {
    throw new SmimeError("send-outbox-refused", { cause });
  });
}

/** @throws SmimeError send-outbox-refused; nothing of the message is in any folder then */
export async function putIntoOutbox(message: Uint8Array, envelope: Envelope): Promise<void> {
  const copies: number[] = [];
  try {
    const outbox = await outboxId();
    // Before the message may leave: a folder that takes no copy is a reason not to send.
    for (const folder of envelope.copies) copies.push(await put(message, folder));
    await put(concatOctets(octetsOf(envelopeText(envelope)), message), outbox);
  } catch (cause) {
    await takeBack(envelope.messageId, copies);
    throw new SmimeError("send-outbox-refused", { cause });
  }
}

async function outboxId(): Promise<string> {
  const [outbox] = await api.folders.query({ specialUse: ["outbox"] });
  if (outbox?.id === undefined) throw new Error("no Outbox");
  return outbox.id;
}

/** @returns Thunderbird's id of the message */
async function put(message: Uint8Array, folder: string): Promise<number> {
  const file = new File([Uint8Array.from(message)], "message.eml");
  const { id } = await api.messages.import(file, folder, { read: true });
  return id;
}

/** After a failure, which may have left no room to do it in: it is tried. */
async function takeBack(messageId: string, copies: readonly number[]): Promise<void> {
  // First: what is deleted from the Outbox counts as sent otherwise.
  await changeWaiting((ids) => ids.filter((id) => id !== messageId)).catch(() => {});
  const halves = await inOutbox(messageId).catch(() => []);
  for (const id of [...copies, ...halves]) await deletePermanently(id).catch(() => {});
}

async function inOutbox(headerMessageId: string): Promise<readonly number[]> {
  const query = { folderId: await outboxId(), headerMessageId };
  // The published types do not know folderId.
  const found = (await api.messages.query(query)) as messenger.messages.MessageList;
  return found.messages.map(({ id }) => id);
}

/**
 * Where a message is that was announced and about to be put into the Outbox.
 * @param copies ids of the folders in which it may be without having left
 * @returns null if it never came there, or the user has taken it out
 */
export async function whereabouts({
  messageId,
  copies,
}: {
  readonly messageId: string;
  readonly copies: readonly string[];
}): Promise<"outbox" | "left" | null> {
  if ((await inOutbox(messageId)).length > 0) return "outbox";
  if (!(await waiting()).includes(messageId)) return "left";
  // It may have left when nobody was there to see it.
  return (await isInSent(messageId, { butFor: copies })) ? "left" : null;
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
  if ((await waiting()).length === 0) return;
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
    const deleted = messages.map(({ headerMessageId }) => headerMessageId);
    let left: readonly string[] = [];
    const rest = await changeWaiting((ids) => {
      left = ids.filter((id) => deleted.includes(id));
      return ids.filter((id) => !deleted.includes(id));
    });
    if (left.length === 0) return;
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

/** One change after the other: each reads and writes the whole list. */
let lastChange: Promise<unknown> = Promise.resolve();

function changeWaiting(
  change: (ids: readonly string[]) => readonly string[],
): Promise<readonly string[]> {
  const result = lastChange.then(async () => {
    const before = await waiting();
    const ids = change(before);
    if (ids.length !== before.length) await api.storage.local.set({ [WAITING]: ids });
    return ids;
  });
  lastChange = result.catch(() => {});
  return result;
}
