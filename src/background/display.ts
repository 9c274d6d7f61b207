import { SmimeError } from "../core/errors.ts";
import { encodeBase64Lines } from "../core/mime/base64.ts";
import type { MessageBody } from "../core/mime/body.ts";
import type { DisplayBody, DisplayView, MessageStatus } from "../core/protocol.ts";
import { fromAddress } from "../core/mime/from-address.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import {
  isViewable,
  saveAttachment,
  showAttachment,
  type AttachedFile,
} from "../thunderbird/attachments.ts";
import { setMessageButton } from "../thunderbird/buttons.ts";
import {
  displayedMessage,
  messageTabs,
  redraw,
  type MessageHeader,
} from "../thunderbird/messages.ts";
import { text } from "../thunderbird/i18n.ts";
import { prompt } from "../thunderbird/prompts.ts";
import type { Contacts } from "./contacts.ts";
import type { Directory } from "./directory.ts";
import { correspondence } from "./harvest.ts";
import type { Reader } from "./reading.ts";
import { messageFace } from "./status.ts";
import { messageStatus } from "./views.ts";

/** Shows what a message is: on its button, in its banner, in its panel. */
export interface Display {
  status(message: MessageHeader): Promise<MessageStatus>;
  view(message: MessageHeader): Promise<DisplayView | null>;
  /** Sets the button of the tab. */
  show(tabId: number, message: MessageHeader): Promise<void>;
  refresh(tabId: number, message: MessageHeader): Promise<void>;
  /** Reads every displayed message again, after unlocking or when trust has changed. */
  refreshAll(): Promise<void>;
  /** Forgets all decrypted content, and takes it off the screen. */
  locked(): Promise<void>;
  attachment(message: MessageHeader, index: number): Promise<AttachedFile>;
  /** The certificates of the messages at hand, so that an issuer can be trusted from the panel. */
  certificates(): readonly Certificate[];
}

export function display(services: {
  readonly reader: Reader;
  readonly directory: Directory;
  readonly contacts: Contacts;
}): Display {
  const { reader, directory, contacts } = services;
  let seen: readonly Certificate[] = [];

  async function status(message: MessageHeader): Promise<MessageStatus> {
    const reading = await reader.read(message);
    if (reading.kind === "plain") return messageStatus(null, [], message.author, null);
    const from = fromAddress(reading.raw) ?? message.author;
    if (reading.kind === "locked") return { ...messageStatus(null, [], from, null), ...LOCKED };
    const pair = await correspondence(message, reading.raw);
    const exchange = pair === null ? null : await contacts.view(pair.identity, pair.contact);
    seen = [...reading.opened.certificates, ...seen].slice(0, 200);
    return messageStatus(reading.opened, await directory.intermediates(), from, exchange);
  }

  async function show(tabId: number, message: MessageHeader): Promise<void> {
    const face = messageFace(await status(message));
    // A message that was quicker to read may have come in between.
    if ((await displayedMessage(tabId))?.id === message.id) await setMessageButton(tabId, face);
  }

  async function refresh(tabId: number, message: MessageHeader): Promise<void> {
    reader.forget(message.id);
    await show(tabId, message);
    await redraw(tabId, "changed");
  }

  /** What is on the screen, read anew. */
  async function redrawAll(why: "changed" | "locked"): Promise<void> {
    reader.forgetAll();
    for (const tabId of await messageTabs()) {
      const message = await displayedMessage(tabId);
      if (message === null) continue;
      await redraw(tabId, why);
      // One message that cannot be read keeps no other on the screen.
      await show(tabId, message).catch(() => setMessageButton(tabId, UNREADABLE));
    }
  }

  return {
    status,
    show,
    refresh,
    async view(message) {
      const reading = await reader.read(message);
      if (reading.kind === "plain") return null;
      const body = reading.kind === "opened" ? reading.body : null;
      return { status: await status(message), body: body === null ? null : displayBody(body) };
    },
    refreshAll: () => redrawAll("changed"),
    locked: () => redrawAll("locked"),
    async attachment(message, index) {
      const reading = await reader.read(message);
      const attachment = reading.kind === "opened" ? reading.body?.attachments[index] : undefined;
      if (attachment === undefined) throw new SmimeError("not-found");
      return attachment;
    },
    certificates: () => seen,
  };
}

const UNREADABLE = { label: text("status_not_verified"), icon: "unprotected" };

const LOCKED = {
  encryption: { verdict: "locked", reason: null, cipher: null, authenticated: false },
} as const;

/** Opens in Thunderbird what it can show; the rest is saved, and a click starts its program. */
export async function openAttachment(file: AttachedFile): Promise<void> {
  if (isViewable(file)) {
    await showAttachment(file);
    return;
  }
  const downloadId = await saveAttachment(file);
  await prompt({ kind: "saved", name: file.name, downloadId });
}

function displayBody({ html, text, attachments, inlineImages }: MessageBody): DisplayBody {
  return {
    html,
    text,
    attachments: attachments.map(({ name, type, content }) => ({
      name,
      type,
      bytes: content.length,
    })),
    inlineImages: Object.fromEntries(
      inlineImages.map(({ contentId, type, content }) => [
        contentId,
        `data:${type};base64,${base64(content)}`,
      ]),
    ),
  };
}

function base64(content: Uint8Array): string {
  return new TextDecoder().decode(encodeBase64Lines(content)).replaceAll("\r\n", "");
}
