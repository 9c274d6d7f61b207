import { SmimeError } from "../core/errors.ts";
import { equalOctets, randomOctets } from "../core/octets.ts";
import type { SessionSecrets, Vault } from "../core/ports.ts";
import type { Database } from "./open.ts";
import {
  importVaultKey,
  unwrapVaultKey,
  VAULT_KEY_LENGTH,
  wrapVaultKey,
  type VaultRecord,
} from "./vault-format.ts";

/** What the store of private keys needs beyond the port. */
export interface KeyVault extends Vault {
  /** Not extractable. @throws SmimeError vault-absent, vault-locked */
  key(): Promise<CryptoKey>;
  /** What is sealed with `key()` may be stored as long as this vault is there. */
  record(): Promise<VaultRecord | undefined>;
}

/** The vault's life; its format is described in `vault-format.ts`. */
export function openVault(database: Database, secrets: SessionSecrets): KeyVault {
  const read = (): Promise<VaultRecord | undefined> =>
    database.transact("vault", "readonly", (store) => store.get("vault"));

  const existing = async (): Promise<VaultRecord> => {
    const record = await read();
    if (record === undefined) throw new SmimeError("vault-absent");
    return record;
  };

  /** Writes only if the vault still is as it was read. */
  const replace = (
    before: VaultRecord | undefined,
    record: VaultRecord,
    otherwise: "vault-exists" | "vault-wrong-passphrase",
  ): Promise<void> =>
    database.transact("vault", "readwrite", async (store) => {
      if (!isSame(before, await store.get("vault"))) throw new SmimeError(otherwise);
      await store.put(record, "vault");
    });

  return {
    record: read,

    async state() {
      if ((await read()) === undefined) return "absent";
      const vaultKey = await secrets.get();
      vaultKey?.fill(0);
      return vaultKey === null ? "locked" : "unlocked";
    },

    async create(passphrase) {
      if ((await read()) !== undefined) throw new SmimeError("vault-exists");
      await withSecret(randomOctets(VAULT_KEY_LENGTH), async (vaultKey) => {
        await replace(undefined, await wrapVaultKey(vaultKey, passphrase), "vault-exists");
        await secrets.set(vaultKey);
      });
    },

    async unlock(passphrase) {
      await withSecret(await unwrapVaultKey(await existing(), passphrase), (vaultKey) =>
        secrets.set(vaultKey),
      );
    },

    async lock() {
      await secrets.set(null);
    },

    async changePassphrase(current, next) {
      const record = await existing();
      await withSecret(await unwrapVaultKey(record, current), async (vaultKey) => {
        await replace(record, await wrapVaultKey(vaultKey, next), "vault-wrong-passphrase");
      });
    },

    async startAnew(losing) {
      await database.transactAll(["vault", "keys", "waiting"], "readwrite", async (transaction) => {
        const keys = transaction.objectStore("keys");
        const vault = transaction.objectStore("vault");
        if ((await vault.count()) === 0) throw new SmimeError("vault-absent");
        const stored = await keys.getAllKeys();
        const told = new Set(losing);
        if (told.size !== stored.length || !stored.every((fingerprint) => told.has(fingerprint))) {
          throw new SmimeError("bad-request", { detail: "other keys than the user was told of" });
        }
        await keys.clear();
        await transaction.objectStore("waiting").clear();
        await vault.clear();
      });
      await secrets.set(null);
    },

    async key() {
      await existing();
      const vaultKey = await secrets.get();
      if (vaultKey === null) throw new SmimeError("vault-locked");
      return withSecret(vaultKey, importVaultKey);
    },
  };
}

/** Overwrites the bytes in the end, whatever happened. */
async function withSecret<Result>(
  secret: Uint8Array,
  use: (secret: Uint8Array) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(secret);
  } finally {
    secret.fill(0);
  }
}

/** A vault that was made or given a new passphrase in between is another one. */
export function isSame(one: VaultRecord | undefined, other: VaultRecord | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return equalOctets(one.wrappedKey, other.wrappedKey);
}
