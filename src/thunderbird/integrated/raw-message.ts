import { rawMessage as throughApi, type MessageHeader } from "../messages.ts";
import { bridge } from "./bridge.ts";

type Header = Pick<MessageHeader, "id" | "size">;

/** Octets, as Thunderbird counts them. The bridge answers nothing for less. */
const LARGE = 1024 * 1024;

/** The exact bytes as they are stored. Large ones through the bridge: the public call takes seconds. */
export async function rawMessage({ id, size }: Header): Promise<Uint8Array> {
  if (size < LARGE) return throughApi({ id });
  try {
    const octets = await (await bridge.readLarge(id))?.arrayBuffer();
    if (octets !== undefined) return new Uint8Array(octets);
  } catch {
    // The public call is slow, and independent of what went wrong.
  }
  return throughApi({ id });
}

/**
 * The first octets of a large message, header included, if they are on this machine: enough to see
 * whether the rest is of any interest. null for all others.
 */
export async function messageStart({ id, size }: Header): Promise<Uint8Array | null> {
  const start = size < LARGE ? null : await bridge.readStart(id).catch(() => null);
  return start === null ? null : new Uint8Array(start);
}
