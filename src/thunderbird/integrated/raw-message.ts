import { rawMessage as throughApi } from "../messages.ts";
import { bridge } from "./bridge.ts";

/** The exact bytes as they are stored. Large ones through the bridge: the public call takes seconds. */
export async function rawMessage(messageId: number): Promise<Uint8Array> {
  const large = await bridge.readLarge(messageId).catch(() => null);
  return large === null ? throughApi(messageId) : new Uint8Array(large);
}
