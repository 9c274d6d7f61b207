import type { Saved } from "./protocol.ts";

/** What pages may ask about the backup of everything. */
export interface BackupRequests {
  /**
   * Work that takes seconds, named by `work`.
   * @throws SmimeError vault-locked, vault-weak-passphrase for a password that is too short
   */
  "backup.save": { request: { password: string; work: string }; response: Saved };
  /**
   * Adds what is in the file to what is here; nothing is replaced or lost. How much was
   * new; null where the user has ended it: then everything is as it was. Work named by `work`,
   * which may be ended until it begins to write.
   * @throws SmimeError backup-malformed, backup-unsupported, backup-wrong-password,
   * backup-damaged, vault-absent, vault-locked
   */
  "backup.restore": {
    request: { file: Uint8Array; password: string; work: string };
    response: {
      readonly keys: number;
      readonly people: number;
      readonly anchors: number;
    } | null;
  };
}
