import { SmimeError } from "../core/errors.ts";
import type { MessageBody } from "../core/mime/body.ts";
import type { DisplayBody, DisplayView, MessageStatus } from "../core/protocol.ts";
import { fromAddress } from "../core/mime/from-address.ts";
import type { Certificate } from "../core/trust/certificate.ts";
import {
  closeShownAttachments,
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
import { prompt } from "../thunderbird/prompts.ts";
import type { Contacts } from "./contacts.ts";
import { dataUrl } from "./data-url.ts";
import type { Directory } from "./directory.ts";
import { correspondence } from "./harvest.ts";
import { inTime } from "./in-time.ts";
import type { Reader } from "./reading.ts";
import { messageFace, unreadableFace } from "./status.ts";
import { messageStatus } from "./views.ts";

/** Shows what a message is: on its button, in its banner, in its panel. */
export interface Display {
  status(message: MessageHeader): Promise<MessageStatus>;
  view(message: MessageHeader): Promise<DisplayView>;
  /** Begins with a message that will be asked for in a moment. */
  ahead(message: MessageHeader): void;
  /** Sets the button of the tab. */
  show(tabId: number, message: MessageHeader): Promise<void>;
  refresh(tabId: number, message: MessageHeader): Promise<void>;
  /** Reads every displayed message again, after unlocking or when trust has changed. */
  refreshAll(): Promise<void>;
  /** Forgets all decrypted content, and takes it off the screen, opened attachments included. */
  locked(): Promise<void>;
  attachment(message: MessageHeader, index: number): Promise<AttachedFile>;
  /** The certificates of the messages on the screen, so that an issuer can be trusted from the panel. */
  certificates(): Promise<readonly Certificate[]>;
}

export function display(services: {
  readonly reader: Reader;
  readonly directory: Directory;
  readonly contacts: Contacts;
}): Display {
  const { reader, directory, contacts } = services;

  /** The button and the script in the message ask for the same at the same time. */
  const asked = new Map<number, Promise<MessageStatus>>();
  /** Kept until the script has asked for it. */
  let coming: { readonly id: number; readonly status: Promise<MessageStatus> } | null = null;

  function status(message: MessageHeader): Promise<MessageStatus> {
    if (coming?.id === message.id) return coming.status;
    const known = asked.get(message.id);
    if (known !== undefined) return known;
    const looking = lookAt(message).finally(() => {
      if (asked.get(message.id) === looking) asked.delete(message.id);
    });
    asked.set(message.id, looking);
    return looking;
  }

  function forget(): void {
    asked.clear();
    coming = null;
  }

  async function lookAt(message: MessageHeader): Promise<MessageStatus> {
    const reading = await reader.read(message);
    if (reading.kind === "plain") return messageStatus(null, [], message.author, null);
    const from = fromAddress(reading.raw) ?? message.author;
    if (reading.kind === "locked") return { ...messageStatus(null, [], from, null), ...LOCKED };
    const [known, pair] = await Promise.all([
      directory.intermediates(),
      correspondence(message, reading.raw),
    ]);
    const exchange = pair === null ? null : await contacts.view(pair.identity, pair.contact);
    return messageStatus(reading.opened, known, from, exchange);
  }

  async function show(tabId: number, message: MessageHeader): Promise<void> {
    const face = await status(message).then(messageFace, unreadableFace);
    // A message that was quicker to read may have come in between.
    if ((await displayedMessage(tabId))?.id === message.id) await setMessageButton(tabId, face);
  }

  async function showDisplayed(tabId: number): Promise<void> {
    const message = await displayedMessage(tabId);
    if (message !== null) await show(tabId, message);
  }

  /** What is on the screen, read anew. */
  async function drawAllAnew(why: "changed" | "locked"): Promise<void> {
    reader.forgetAll();
    forget();
    const tabs = await messageTabs();
    // First all screens: what is slow to read in one tab keeps no text on another.
    await Promise.all(tabs.map((tabId) => redraw(tabId, why)));
    await inTime(Promise.all(tabs.map(showDisplayed)), PATIENCE_MS, null);
  }

  return {
    status,
    show,
    async refresh(tabId, message) {
      reader.forget(message.id);
      forget();
      await redraw(tabId, "changed");
      await show(tabId, message);
    },
    async view(message) {
      const looking = status(message);
      coming = null;
      const [reading, known] = await Promise.all([reader.read(message), looking]);
      const body = reading.kind === "opened" ? reading.body : null;
      return {
        message: message.id,
        status: known,
        body: body === null ? null : displayBody(body),
        decrypted: reading.kind === "opened" && reading.opened.encryption.verdict === "decrypted",
      };
    },
    ahead(message) {
      const looking = status(message);
      // Whoever asks for it hears what is wrong with it.
      looking.catch(() => undefined);
      coming = { id: message.id, status: looking };
    },
    refreshAll: () => drawAllAnew("changed"),
    async locked() {
      await closeShownAttachments();
      await drawAllAnew("locked");
    },
    async attachment(message, index) {
      const reading = await reader.read(message);
      const attachment = reading.kind === "opened" ? reading.body?.attachments[index] : undefined;
      if (attachment === undefined) throw new SmimeError("not-found");
      return attachment;
    },
    async certificates() {
      const readings = await Promise.allSettled(
        (await messageTabs()).map(async (tabId) => {
          const message = await inTime(displayedMessage(tabId), PATIENCE_MS, null);
          return message === null ? null : reader.read(message);
        }),
      );
      return readings.flatMap((reading) =>
        reading.status === "fulfilled" && reading.value?.kind === "opened"
          ? reading.value.opened.certificates
          : [],
      );
    },
  };
}

/**
 * Thunderbird tells which message a tab shows when it has loaded, and one that an error page stands in
 * place of never does. Whatever comes later than this goes on, and nobody waits for it.
 */
const PATIENCE_MS = 1000;

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
    attachments: attachments.map(({ name, type, size }) => ({ name, type, bytes: size })),
    inlineImages: Object.fromEntries(
      inlineImages.map((image) => [image.contentId, dataUrl(image)]),
    ),
  };
}
