import { messageStart, rawMessage } from "#raw-message";
import { SmimeError } from "../core/errors.ts";
import { readBody, type MessageBody } from "../core/mime/body.ts";
import { splitHeaderBody } from "../core/mime/header-fields.ts";
import type { Clock, KeyStore } from "../core/ports.ts";
import { openMessage, protectionHint } from "../core/smime/open.ts";
import type { OpenedMessage } from "../core/smime/verdict.ts";
import type { MessageHeader } from "../thunderbird/messages.ts";
import type { Directory } from "./directory.ts";

/** A message as the add-on has read it. */
export type Reading =
  /** Neither signed nor encrypted with S/MIME. */
  | { readonly kind: "plain" }
  /** Encrypted, and the vault is locked. */
  | { readonly kind: "locked"; readonly raw: Uint8Array }
  | {
      readonly kind: "opened";
      readonly raw: Uint8Array;
      readonly opened: OpenedMessage;
      /** What Thunderbird cannot show by itself, decrypted content, or may not: opaquely signed. */
      readonly body: MessageBody | null;
    };

export interface Reader {
  read(header: MessageHeader): Promise<Reading>;
  /** Octets that are no message of a folder. Nothing is learned from them. @throws vault-locked */
  open(message: Uint8Array): Promise<OpenedMessage>;
  forget(messageId: number): void;
  forgetAll(): void;
}

function hasWholeHeader(start: Uint8Array): boolean {
  return splitHeaderBody(start).header.length < start.length;
}

/** Messages kept for their display script, button and panel, which ask one after the other. */
const KEPT = 8;

export function reader(services: {
  readonly directory: Directory;
  readonly keys: KeyStore;
  readonly clock: Clock;
  /** Sees each message once, when it has been read; `opened` is null without S/MIME. */
  readonly onOpened: (message: {
    readonly header: MessageHeader;
    readonly raw: Uint8Array;
    readonly opened: OpenedMessage | null;
  }) => Promise<void>;
}): Reader {
  const kept = new Map<number, Promise<Reading>>();

  async function open(message: Uint8Array): Promise<OpenedMessage> {
    const { keys, directory, clock } = services;
    const [own, intermediates, anchors, revocation] = await Promise.all([
      keys.list(),
      directory.intermediates(),
      directory.anchors(),
      directory.revocation(),
    ]);
    return openMessage(message, {
      ownCertificates: own.map(({ certificate }) => certificate),
      privateKey: (fingerprint) => keys.privateKey(fingerprint),
      intermediates,
      anchors,
      now: clock.now(),
      revocation,
    });
  }

  async function read(header: MessageHeader): Promise<Reading> {
    // Of a large message that is none of ours, no more is read.
    const start = await messageStart(header);
    const plain = start !== null && hasWholeHeader(start) && protectionHint(start) === "none";
    const raw = plain ? start : await rawMessage(header);
    if (plain || protectionHint(raw) === "none") {
      await services.onOpened({ header, raw, opened: null });
      return { kind: "plain" };
    }
    let opened: OpenedMessage;
    try {
      opened = await open(raw);
    } catch (error) {
      if (error instanceof SmimeError && error.code === "vault-locked")
        return { kind: "locked", raw };
      throw error;
    }
    const unwrapped =
      opened.encryption.verdict === "decrypted" ||
      opened.layers.some((layer) => layer.kind === "signed" && layer.opaque);
    const body = unwrapped && opened.rendered !== null ? readBody(opened.rendered) : null;
    await services.onOpened({ header, raw, opened });
    return { kind: "opened", raw, opened, body };
  }

  return {
    open,
    read(header) {
      const known = kept.get(header.id);
      if (known !== undefined) return known;
      const reading = read(header);
      kept.set(header.id, reading);
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT) break;
        kept.delete(oldest);
      }
      reading.then(
        ({ kind }) => {
          if (kind === "locked") kept.delete(header.id);
        },
        () => kept.delete(header.id),
      );
      return reading;
    },
    forget(messageId) {
      kept.delete(messageId);
    },
    forgetAll() {
      kept.clear();
    },
  };
}
