import { api } from "./api.ts";

/**
 * Values for a tab that outlive the suspension of the background but not the session
 * (storage.session is memory only). Values must survive JSON.
 */
export function tabMemory<T>(name: string): {
  get(tabId: number): Promise<T | null>;
  set(tabId: number, value: T): Promise<void>;
  take(tabId: number): Promise<T | null>;
} {
  const key = (tabId: number) => `${name}:${tabId}`;
  const get = async (tabId: number) => {
    const stored = await api.storage.session.get(key(tabId));
    return (stored[key(tabId)] as T | undefined) ?? null;
  };
  return {
    get,
    async set(tabId, value) {
      await api.storage.session.set({ [key(tabId)]: value });
    },
    async take(tabId) {
      const value = await get(tabId);
      await api.storage.session.remove(key(tabId));
      return value;
    },
  };
}

/** Something that is so until the session ends; outlives the suspension of the background. */
export function sessionFlag(name: string): {
  get(): Promise<boolean>;
  set(value: boolean): Promise<void>;
} {
  return {
    async get() {
      return (await api.storage.session.get(name))[name] === true;
    },
    async set(value) {
      await api.storage.session.set({ [name]: value });
    },
  };
}
