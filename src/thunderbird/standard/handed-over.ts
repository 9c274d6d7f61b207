import { tabMemory } from "../tab-memory.ts";
import { whereabouts } from "./outbox.ts";

/** What was about to come into the Outbox when the background was last heard of. */
interface HandedOver {
  readonly messageId: string;
  /** Ids of folders that got a copy before, which says nothing about its leaving. */
  readonly copies: readonly string[];
  /** The state of the window that it was made from. */
  readonly state: string;
}

/**
 * The message that each compose window has given to the Outbox. A window closes as soon as that is
 * done; if the background ends in between it stays open, and pressing Send again must not send the
 * message a second time.
 */
const handed = tabMemory<HandedOver>("handed");

/** Call once the message is announced to the Outbox and before it is put there. */
export async function handOver(tabId: number, message: HandedOver): Promise<void> {
  await handed.set(tabId, message);
}

/** Without asking where it is now: cheap enough to ask at every Send. */
export async function mayBeHandedOver(tabId: number): Promise<boolean> {
  return (await handed.get(tabId)) !== null;
}

export async function forgetHandedOver(tabId: number): Promise<void> {
  await handed.take(tabId);
}

/** null where nothing was, or it never came into the Outbox, or the user has taken it out. */
export async function handedOver(
  tabId: number,
): Promise<{ readonly where: "outbox" | "left"; readonly state: string } | null> {
  const known = await handed.get(tabId);
  if (known === null) return null;
  const where = await whereabouts(known);
  return where === null ? null : { where, state: known.state };
}
