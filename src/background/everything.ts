import { openBackup, sealBackup } from "../core/backup/file.ts";
import { readContent, writeContent, type BackupContent } from "../core/backup/content.ts";
import type { BackupRequests } from "../core/backup-protocol.ts";
import { SmimeError } from "../core/errors.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import { saveFile } from "../thunderbird/saved-files.ts";
import { bytes, text } from "./arguments.ts";
import type { Services } from "./services.ts";
import type { Watch } from "./work.ts";

const SHORTEST_PASSWORD = 8;
/** So many at once are written while pages draw. */
const CHUNK = 500;
/** Shares of the time that it takes: the password's stretching is most of it, and in one piece. */
const COLLECTED = 0.2;
const OPENED = 0.4;

/** Everything in one file, and back: what is here already is only ever added to. */
export function backupHandlers(services: Services): Handlers<BackupRequests> {
  const { storage, clock, display, unlocking, work } = services;
  const { keys, waiting, certificates, trust, signals, settings, vault } = storage;

  return {
    "backup.save": async ({ password, work: name }) => {
      if (Array.from(text(password)).length < SHORTEST_PASSWORD) {
        throw new SmimeError("vault-weak-passphrase");
      }
      const sealed = await work.run(text(name), async (watch) => {
        const content = await collect(watch);
        try {
          await watch(COLLECTED);
          const file = await sealBackup(content, password);
          await watch(1);
          return file;
        } finally {
          content.fill(0);
        }
      });
      if (sealed === null) return { outcome: "cancelled" };
      const day = clock.now().toISOString().slice(0, 10);
      const path = await saveFile({
        name: `smime-exchange-${day}.backup`,
        type: "application/octet-stream",
        content: sealed,
      });
      return path === null ? { outcome: "cancelled" } : { outcome: "saved", path };
    },

    "backup.restore": async ({ file, password, work: name }) => {
      const before = await work.run(text(name), async (watch, toTheEnd) => {
        const present = await counts();
        await watch(0);
        const octets = await openBackup(bytes(file), text(password));
        await watch(OPENED);
        const content = await readContent(octets);
        octets.fill(0);
        const state = await vault.state();
        if (content.keys.length + content.waiting.length > 0 && state !== "unlocked") {
          throw new SmimeError(`vault-${state}`);
        }
        await toTheEnd();
        await restore(content, (share) => watch(OPENED + share * (1 - OPENED)));
        return present;
      });
      await display.refreshAll();
      if (before === null) return null;
      const after = await counts();
      return {
        keys: after.keys - before.keys,
        people: after.people - before.people,
        anchors: after.anchors - before.anchors,
      };
    },
  };

  async function collect(watch: Watch): Promise<Uint8Array> {
    const own = [];
    const list = await keys.list();
    for (const [index, key] of list.entries()) {
      await watch((COLLECTED * index) / list.length);
      own.push({ ...key, privateKey: await keys.privateKey(key.certificate.fingerprint) });
    }
    return writeContent({
      keys: own,
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
  }

  /** Each step adds what is missing, so that it can be done again where Thunderbird ended half-way. */
  async function restore(content: BackupContent, watch: Watch): Promise<void> {
    const known = {
      keys: new Set((await keys.list()).map(({ certificate }) => certificate.fingerprint)),
      waiting: new Set((await waiting.list()).map(({ id }) => id)),
      anchors: new Set((await trust.list()).map(({ certificate }) => certificate.fingerprint)),
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
    if (newKeys.length > 0) await unlocking.used();

    const { contacts, signals: facts } = content;
    const total = contacts.length + facts.length;
    for (let at = 0; at < contacts.length; at += CHUNK) {
      await watch(at / total);
      await certificates.putAll(contacts.slice(at, at + CHUNK));
    }
    await certificates.putIntermediates(content.intermediates);
    for (const { certificate, kind, origin } of content.anchors) {
      if (known.anchors.has(certificate.fingerprint)) continue;
      await trust.add(certificate, kind, origin ?? null);
    }
    for (const fingerprint of content.distrusted) await trust.setDistrusted(fingerprint, true);
    for (let at = 0; at < facts.length; at += CHUNK) {
      await watch((contacts.length + at) / total);
      await signals.record(facts.slice(at, at + CHUNK));
    }
    // Whether issuers are asked needs Thunderbird's permission, which only a click can get.
    const chosen = { ...content.settings };
    delete chosen.revocation;
    await settings.adopt(chosen);
  }

  async function counts(): Promise<{ keys: number; people: number; anchors: number }> {
    return {
      keys: (await keys.list()).length,
      people: (await people()).size,
      anchors: (await trust.list()).length,
    };
  }

  async function people(): Promise<ReadonlySet<string>> {
    return new Set((await certificates.all()).map(({ address }) => address));
  }
}
