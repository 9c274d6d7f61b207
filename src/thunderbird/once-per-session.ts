import { api } from "./api.ts";

/**
 * Does the work unless that was done since Thunderbird started, however often the background was
 * suspended in between. What has failed is tried again by the next who asks.
 */
export async function oncePerSession(name: string, work: () => Promise<void>): Promise<void> {
  const key = `done:${name}`;
  const { [key]: done } = await api.storage.session.get(key);
  if (done === true) return;
  await work();
  await api.storage.session.set({ [key]: true });
}
