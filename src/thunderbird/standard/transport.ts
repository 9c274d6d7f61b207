import { SmimeError } from "../../core/errors.ts";
import { api } from "../api.ts";
import { outgoingOf } from "../drafts.ts";
import { prompt } from "../prompts.ts";
import type { BuildAnswer, Outgoing, Sending, Transport } from "../transport.ts";
import { composedMessage } from "./composed-message.ts";
import { composedState } from "./composed-state.ts";
import { continueSealedDraft } from "./continued-drafts.ts";
import { forgetHandedOver, handedOver, handOver, mayBeHandedOver } from "./handed-over.ts";
import { openedFrom } from "./opened-from.ts";
import { removeDrafts, watchSavedDrafts } from "./saved-drafts.ts";
import { announce, onLeft, putIntoOutbox, sendOutbox } from "./outbox.ts";
import { awakeWhile } from "./awake.ts";

/** Windows whose message is on its way to the Outbox. */
const busy = new Set<number>();

/** A reason for the user, in sentences of the locale. */
class Refusal extends Error {}

/**
 * Sends through the Outbox: Thunderbird's own send is cancelled, the add-on builds the message and
 * puts it, protected, where Thunderbird takes it from. The event is answered at once, and everything
 * that may last comes after it: a compose window stays locked for good when the background goes
 * while Thunderbird waits for its answer.
 */
export const transport: Transport = {
  serve(sending) {
    api.compose.onBeforeSend.addListener(async ({ id: tabId }, details) => {
      if (tabId === undefined || busy.has(tabId)) return { cancel: true };
      // It must not leave once more either, not even unprotected.
      const answer: BuildAnswer = (await mayBeHandedOver(tabId))
        ? { action: "protect" }
        : await sending.decide(outgoingOf(tabId, details));
      if (answer.action === "leave") return {};
      busy.add(tabId);
      void awakeWhile(() => send(tabId, answer, sending)).finally(() => busy.delete(tabId));
      return { cancel: true };
    });
    watchSavedDrafts();
    onLeft(sending.onLeft);
  },
  openedFrom,
  sealsDrafts: false,
  windowForDraft: continueSealedDraft,
};

/** Until the message is in the Outbox, whatever goes wrong leaves the window open and as it was. */
async function send(tabId: number, answer: BuildAnswer, sending: Sending): Promise<void> {
  try {
    if (answer.action === "refuse") throw new Refusal(answer.reason);
    const outcome = (await wasHandedOver(tabId)) ?? (await protectIntoOutbox(tabId, sending));
    if (outcome === "kept") return;
    if (outcome === "left") {
      // What the user has decided needs no protection: Thunderbird's own send, begun anew. What goes
      // wrong in it Thunderbird says by itself.
      busy.delete(tabId);
      await api.compose.sendMessage(tabId, { mode: "sendNow" }).catch(() => {});
      return;
    }
  } catch (error) {
    const reason = error instanceof Refusal ? error.message : sending.explain(error);
    await prompt({ kind: "not-sent", reason });
    return;
  }
  await removeDrafts(tabId);
  // The user may have been quicker.
  await api.tabs.remove(tabId).catch(() => {});
  await forgetHandedOver(tabId);
  await sendOutbox();
}

/** null: nothing was, or the user wants it sent once more as it is now. */
async function wasHandedOver(tabId: number): Promise<"protected" | "kept" | null> {
  const before = await handedOver(tabId);
  if (before !== null) {
    const state = await composedState(tabId, await api.compose.getComposeDetails(tabId));
    if (state === before.state) return "protected";
    const answer = await prompt({ kind: "handed-over", where: before.where });
    if (answer === "done") return "protected";
    if (answer === "dismissed") return "kept";
  }
  await forgetHandedOver(tabId);
  return null;
}

/** `kept`: the user has gone back to the message. */
async function protectIntoOutbox(
  tabId: number,
  sending: Sending,
): Promise<"protected" | "left" | "kept"> {
  let answer: BuildAnswer;
  do {
    answer = await sending.onBuild(await currently(tabId));
  } while (answer.action === "again");
  if (answer.action === "refuse") {
    if (answer.told === true) return "kept";
    throw new Refusal(answer.reason);
  }
  if (answer.action === "leave") return "left";

  // Only now, after the question for the passphrase, is the text what the user wants to send.
  const details = await api.compose.getComposeDetails(tabId);
  const state = await composedState(tabId, details);
  const { message, envelope } = await composedMessage(tabId, details);
  const built = await sending.onBuilt(outgoingOf(tabId, details), message);
  if ("reason" in built) throw new Refusal(built.reason);
  // What was typed or attached in between would be lost with the window.
  const now = await composedState(tabId, await api.compose.getComposeDetails(tabId));
  if (now !== state) throw new SmimeError("send-plan-changed");

  const { messageId, copies } = envelope;
  await announce(messageId);
  await handOver(tabId, { messageId, copies, state });
  try {
    await putIntoOutbox(new Uint8Array(built.message), envelope);
  } catch (error) {
    await forgetHandedOver(tabId);
    throw error;
  }
  sending.onSent(tabId, { mode: "later", messageId });
  return "protected";
}

async function currently(tabId: number): Promise<Outgoing> {
  return outgoingOf(tabId, await api.compose.getComposeDetails(tabId));
}
