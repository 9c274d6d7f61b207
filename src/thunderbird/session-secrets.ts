import type { SessionSecrets } from "../core/ports.ts";
import { api } from "./api.ts";

const KEY = "vaultKey";

/**
 * The vault key while unlocked. storage.session is memory only: it outlives the suspension of the
 * background and is gone at exit. It takes plain values, no CryptoKey and no typed array.
 */
export const sessionSecrets: SessionSecrets = {
  async get() {
    const { [KEY]: stored } = await api.storage.session.get(KEY);
    return Array.isArray(stored) ? Uint8Array.from(stored as number[]) : null;
  },
  async set(key) {
    if (key === null) await api.storage.session.remove(KEY);
    else await api.storage.session.set({ [KEY]: [...key] });
  },
};
