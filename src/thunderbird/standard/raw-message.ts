export { rawMessage } from "../messages.ts";

/** There is no way to a part of a message here. */
export function messageStart(): Promise<null> {
  return Promise.resolve(null);
}
