import { isQuotable } from "../core/exchange/quotable.ts";
import { readBody, type MessageBody } from "../core/mime/body.ts";
import type { BroughtAttachments } from "../core/smime/sealed-draft.ts";
import type { OpenedMessage } from "../core/smime/verdict.ts";
import { insertQuote, removeQuotes } from "../thunderbird/compose-editor.ts";
import {
  attachFile,
  attachedFiles,
  attachmentIds,
  detachFile,
  draftKind,
  htmlAsText,
  isPlainText,
} from "../thunderbird/drafts.ts";
import { messageHeader } from "../thunderbird/messages.ts";
import { tabMemory } from "../thunderbird/tab-memory.ts";
import type { Transport } from "../thunderbird/transport.ts";
import type { DraftOrigins } from "./draft-origin.ts";
import type { Failures } from "./failures.ts";
import { citedHtml, citedText, forwardedHtml, forwardedText } from "./quote-html.ts";
import type { Reader } from "./reading.ts";
import type { Unlocking } from "./unlocking.ts";

/** The text of an encrypted message in the window that answers or forwards it. */
export interface Quoting {
  /** Brings it there, once. Call whenever the window may have changed. */
  look(tabId: number): Promise<void>;
  /** Takes it out again, with the attachments that came along. */
  drop(tabId: number): Promise<void>;
  /** Which of the attachments came along; null where nobody knows. */
  brought(tabId: number): Promise<BroughtAttachments | null>;
  /** The window is a stored draft again, with these attachments; `brought` as it was stored. */
  restored(
    tabId: number,
    attachments: readonly number[],
    brought: BroughtAttachments | null,
  ): Promise<void>;
}

/** Thunderbird writes its line "On …, … wrote:" some time after the window has opened. */
const MAX_LOOKS = 5;

export function quoting(services: {
  readonly origins: DraftOrigins;
  readonly reader: Reader;
  readonly transport: Transport;
  readonly unlocking: Unlocking;
  readonly failures: Failures;
}): Quoting {
  const { origins, reader, transport, unlocking, failures } = services;
  /**
   * Ids of the attachments that came along, once the quote is there or there is to be none; "any"
   * for a stored draft that does not tell.
   */
  const settled = tabMemory<readonly number[] | "any">("quoted");
  const looking = new Map<number, number>();
  const running = new Set<number>();

  async function read(messageId: number): Promise<OpenedMessage | null> {
    const header = await messageHeader(messageId);
    let reading = await reader.read(header);
    if (reading.kind === "locked" && (await unlocking.ensure("read"))) {
      reading = await reader.read(header);
    }
    return reading.kind === "opened" ? reading.opened : null;
  }

  async function bring(tabId: number): Promise<readonly number[]> {
    // What Thunderbird may save unencrypted must not come here.
    if (!transport.sealsDrafts) return [];
    const { encrypted, messageId } = await origins.of(tabId);
    const kind = await draftKind(tabId);
    if (!encrypted || messageId === null || (kind !== "reply" && kind !== "forward")) return [];
    const opened = await read(messageId);
    if (opened === null) return [];
    if (kind === "forward" && (await attachedFiles(tabId)).length > 0) {
      return replaceAttached(tabId);
    }
    if (!isQuotable(opened) || opened.content === null) return [];
    const body = readBody(opened.content);
    await insert(tabId, kind, opened.content, body);
    // From here on nothing is done twice, whatever becomes of the attachments.
    await settled.set(tabId, []);
    return kind === "forward" ? attachAll(tabId, body) : [];
  }

  async function insert(
    tabId: number,
    kind: "reply" | "forward",
    content: Uint8Array,
    body: MessageBody,
  ): Promise<void> {
    const plain = await isPlainText(tabId);
    const write =
      kind === "reply"
        ? { plain: citedText, html: citedHtml, place: "citation" as const }
        : { plain: forwardedText, html: forwardedHtml, place: "end" as const };
    const html = plain ? await write.plain(content, body, htmlAsText) : write.html(content, body);
    if (!(await insertQuote(tabId, html, write.place))) throw new Error("no place for a quote");
  }

  async function attachAll(tabId: number, { attachments }: MessageBody): Promise<number[]> {
    const ids: number[] = [];
    for (const attachment of attachments) ids.push(await attachFile(tabId, attachment));
    return ids;
  }

  /** Forwarded as attachments: the recipients could not decrypt them. */
  async function replaceAttached(tabId: number): Promise<number[]> {
    const ids: number[] = [];
    for (const { id, name, content } of await attachedFiles(tabId)) {
      const opened = await reader.open(content);
      if (!isQuotable(opened) || opened.content === null) continue;
      const message = { name, type: "message/rfc822", content: opened.content };
      ids.push(await attachFile(tabId, message));
      await detachFile(tabId, id);
    }
    return ids;
  }

  return {
    async look(tabId) {
      // Before anything is awaited: looks come close together, and two would bring everything twice.
      if (running.has(tabId)) return;
      running.add(tabId);
      try {
        if ((await settled.get(tabId)) !== null) return;
        const brought = await bring(tabId);
        // A stored draft may have come into the window meanwhile.
        if ((await settled.get(tabId)) === null || brought.length > 0) {
          await settled.set(tabId, brought);
        }
        looking.delete(tabId);
      } catch (error) {
        const looks = (looking.get(tabId) ?? 0) + 1;
        looking.set(tabId, looks);
        if (looks < MAX_LOOKS) return;
        failures.report("quoting", error);
        await settled.set(tabId, []);
      } finally {
        running.delete(tabId);
      }
    },
    async drop(tabId) {
      await removeQuotes(tabId);
      const came = (await settled.get(tabId)) ?? [];
      const ids = came === "any" ? await attachmentIds(tabId) : came;
      // The user may have removed some.
      for (const id of ids) await detachFile(tabId, id).catch(() => {});
      await settled.set(tabId, []);
    },
    async brought(tabId) {
      const came = (await settled.get(tabId)) ?? [];
      const ids = await attachmentIds(tabId);
      return came === "any"
        ? null
        : {
            places: ids.flatMap((id, place) => (came.includes(id) ? [place] : [])),
            of: ids.length,
          };
    },
    async restored(tabId, attachments, brought) {
      const known = brought?.of === attachments.length ? brought.places : null;
      await settled.set(
        tabId,
        known === null ? "any" : attachments.filter((_, place) => known.includes(place)),
      );
    },
  };
}
