import { openBackup, sealBackup } from "../core/backup/file.ts";
import { readContent, writeContent } from "../core/backup/content.ts";
import type { BackupRequests } from "../core/backup-protocol.ts";
import { SmimeError } from "../core/errors.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { saveFile } from "../thunderbird/saved-files.ts";
import { bytes, text } from "./arguments.ts";
import type { Services } from "./services.ts";

const SHORTEST_PASSWORD = 8;

/** Everything in one file, and back: what is here already is only ever added to. */
export function backupHandlers(services: Services): Handlers<BackupRequests> {
  const { storage, clock, display, unlocking } = services;
  const { keys, waiting, certificates, trust, signals, settings, vault } = storage;

  return {
    "backup.save": async ({ password }) => {
      if (Array.from(text(password)).length < SHORTEST_PASSWORD) {
        throw new SmimeError("vault-weak-passphrase");
      }
      const content = writeContent({
        keys: await Promise.all(
          (await keys.list()).map(async (key) => ({
            ...key,
            privateKey: await keys.privateKey(key.certificate.fingerprint),
          })),
        ),
        waiting: await Promise.all(
          (await waiting.list()).map(async (key) => ({
            ...key,
            privateKey: await waiting.privateKey(key.id),
          })),
        ),
        contacts: await certificates.all(),
        intermediates: await certificates.intermediates(),
        anchors: await trust.list(),
        distrusted: [...(await trust.distrusted())],
        signals: await signals.all(),
        settings: await settings.changed(),
      });
      const day = clock.now().toISOString().slice(0, 10);
      const path = await saveFile({
        name: `smime-exchange-${day}.backup`,
        type: "application/octet-stream",
        content: await sealBackup(content, password),
      });
      content.fill(0);
      return path === null ? { outcome: "cancelled" } : { outcome: "saved", path };
    },

    "backup.restore": async ({ file, password }) => {
      const octets = await openBackup(bytes(file), text(password));
      const content = await readContent(octets);
      octets.fill(0);
      const state = await vault.state();
      if (content.keys.length + content.waiting.length > 0 && state !== "unlocked") {
        throw new SmimeError(`vault-${state}`);
      }
      const known = {
        keys: new Set((await keys.list()).map(({ certificate }) => certificate.fingerprint)),
        waiting: new Set((await waiting.list()).map(({ id }) => id)),
        anchors: new Set((await trust.list()).map(({ certificate }) => certificate.fingerprint)),
        people: await people(),
      };
      const newKeys = content.keys.filter(
        ({ certificate }) => !known.keys.has(certificate.fingerprint),
      );
      if (newKeys.length > 0) await keys.add(newKeys);
      for (const { certificate, preferredAt } of newKeys) {
        if (preferredAt !== undefined) await keys.prefer(certificate.fingerprint, preferredAt);
      }
      for (const key of content.waiting) {
        if (!known.waiting.has(key.id)) await waiting.add(key);
      }
      await certificates.putAll(content.contacts);
      await certificates.putIntermediates(content.intermediates);
      for (const { certificate, kind, origin } of content.anchors) {
        if (known.anchors.has(certificate.fingerprint)) continue;
        await trust.add(certificate, kind, origin ?? null);
      }
      for (const fingerprint of content.distrusted) await trust.setDistrusted(fingerprint, true);
      await signals.record(content.signals);
      // Whether issuers are asked needs Thunderbird's permission, which only a click can get.
      const { revocation: here } = await settings.get();
      await settings.adopt({ ...content.settings, revocation: here });
      if (newKeys.length > 0) await unlocking.used();
      await display.refreshAll();
      return {
        keys: newKeys.length,
        people: (await people()).size - known.people.size,
        anchors: (await trust.list()).length - known.anchors.size,
      };
    },
  };

  async function people(): Promise<ReadonlySet<string>> {
    return new Set((await certificates.all()).map(({ address }) => address));
  }
}
