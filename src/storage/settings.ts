import { SmimeError } from "../core/errors.ts";
import type { Settings, SettingsStore } from "../core/ports.ts";
import type { Database } from "./open.ts";

export const defaultSettings: Settings = {
  lockAfterMinutes: 60,
  defaultProtection: "encrypt-when-ready",
  openEncrypted: "on-click",
  encryptDrafts: true,
  localCopies: false,
  revocation: "off",
  protectionOf: {},
  opaqueSignatures: "never",
  opaqueFor: [],
  eightBit: false,
};

/** A week: timers in the background do not reach much further. */
const LONGEST_LOCK_MINUTES = 7 * 24 * 60;

const isAllowed: { readonly [Name in keyof Settings]: (value: unknown) => boolean } = {
  lockAfterMinutes: (value) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LONGEST_LOCK_MINUTES,
  defaultProtection: isProtection,
  openEncrypted: (value) => value === "on-click" || value === "automatically",
  encryptDrafts: (value) => typeof value === "boolean",
  localCopies: (value) => typeof value === "boolean",
  revocation: (value) => value === "off" || value === "online" || value === "strict",
  protectionOf: (value) =>
    typeof value === "object" && value !== null && Object.values(value).every(isProtection),
  opaqueSignatures: (value) => value === "never" || value === "listed" || value === "always",
  opaqueFor: (value) =>
    Array.isArray(value) && value.every((address) => typeof address === "string"),
  eightBit: (value) => typeof value === "boolean",
};

function isProtection(value: unknown): boolean {
  return value === "encrypt-when-ready" || value === "sign" || value === "none";
}

/** Stored is what the user changed; a default that a later version changes reaches the others. */
export function settingsStore(database: Database): SettingsStore {
  return {
    async get() {
      const stored = await database.transact("settings", "readonly", (store) =>
        store.get("settings"),
      );
      return { ...defaultSettings, ...allowedOf(stored ?? {}) };
    },

    async changed() {
      const stored = await database.transact("settings", "readonly", (store) =>
        store.get("settings"),
      );
      return allowedOf(stored ?? {});
    },

    async adopt(wishes) {
      await database.transact("settings", "readwrite", async (store) => {
        await store.put({ ...allowedOf(wishes), ...(await store.get("settings")) }, "settings");
      });
    },

    /** @throws SmimeError bad-request, and nothing is changed, for an unknown name or value */
    async set(change) {
      const allowed = allowedOf(change);
      if (Object.keys(allowed).length !== Object.keys(change).length) {
        throw new SmimeError("bad-request");
      }
      await database.transact("settings", "readwrite", async (store) => {
        await store.put({ ...(await store.get("settings")), ...allowed }, "settings");
      });
    },
  };
}

/** What another version wrote, or a page asked for, may be none of this version's values. */
function allowedOf(values: Partial<Settings>): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => Object.hasOwn(isAllowed, name) && isAllowed[name as keyof Settings](value),
    ),
  );
}
