import { rawMessage } from "#raw-message";
import { SmimeError } from "../core/errors.ts";
import { fieldOf, readBody } from "../core/mime/body.ts";
import type { KeyStore } from "../core/ports.ts";
import { openSealedDraft } from "../core/smime/sealed-draft.ts";
import { closeDraft, fillDraft } from "../thunderbird/drafts.ts";
import { messageHeader } from "../thunderbird/messages.ts";
import type { Transport } from "../thunderbird/transport.ts";
import type { DraftOrigin, DraftOrigins } from "./draft-origin.ts";
import { chooseProtection } from "./drafts.ts";
import type { Failures } from "./failures.ts";
import type { Quoting } from "./quoting.ts";
import type { Unlocking } from "./unlocking.ts";

/**
 * Puts what a sealed draft holds into the compose window that Thunderbird opened for it, which is
 * empty but for the recipients, or into one in its place. Until it is done nothing of the window is sent or saved.
 */
export function draftRestoring(services: {
  readonly origins: DraftOrigins;
  readonly keys: KeyStore;
  readonly quotes: Quoting;
  readonly unlocking: Unlocking;
  readonly transport: Transport;
  readonly failures: Failures;
}): (tabId: number) => Promise<void> {
  const { origins, keys, quotes, unlocking, transport, failures } = services;
  const running = new Set<number>();

  async function fill(tabId: number, origin: DraftOrigin): Promise<void> {
    if (origin.messageId === null) throw new SmimeError("not-found");
    if (!(await unlocking.ensure("read"))) {
      await closeDraft(tabId);
      return;
    }
    const own = (await keys.list()).map(({ certificate }) => certificate);
    const opened = await openSealedDraft(await rawMessage(await messageHeader(origin.messageId)), {
      ownCertificates: own,
      privateKey: (fingerprint) => keys.privateKey(fingerprint),
    });
    if (opened === null) throw new SmimeError("draft-not-opened");
    const body = readBody(opened.message);
    const attachments = await fillDraft(tabId, {
      ...body,
      subject: fieldOf(opened.message, "subject"),
    });
    await quotes.restored(tabId, attachments, opened.memo.brought);
    await chooseProtection(tabId, opened.memo.choice);
    await origins.set(tabId, {
      ...origin,
      encrypted: opened.memo.answersEncrypted,
      sealed: "open",
    });
  }

  async function restore(tabId: number, origin: DraftOrigin): Promise<void> {
    const target = await transport.windowForDraft(tabId, origin.messageId);
    if (target === null) return;
    // A new window is looked at too; this one look is to fill it.
    if (target !== tabId) await origins.set(target, { ...origin, sealed: "failed" });
    try {
      await fill(target, origin);
    } catch (error) {
      failures.report("opening a draft", error);
      await origins.set(target, { ...origin, sealed: "failed" });
    }
  }

  return async (tabId) => {
    // Before anything is awaited: looks come close together, and one may have read what another changes.
    if (running.has(tabId)) return;
    running.add(tabId);
    try {
      const origin = await origins.of(tabId);
      if (origin.sealed === "closed") await restore(tabId, origin);
    } finally {
      running.delete(tabId);
    }
  };
}
