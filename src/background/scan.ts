import { rawMessage } from "#raw-message";
import { SmimeError } from "../core/errors.ts";
import { SILENCE_PERIOD } from "../core/exchange/periods.ts";
import {
  addCounts,
  isAhead,
  newScan,
  nextFolder,
  NOTHING_COUNTED,
  scanOrder,
  withMessages,
} from "../core/exchange/scan.ts";
import { fromAddress } from "../core/mime/from-address.ts";
import type {
  Clock,
  KeyStore,
  ScanCounts,
  ScanFolder,
  ScanRecord,
  ScanStore,
} from "../core/ports.ts";
import { openMessage, protectionHint, type OpenContext } from "../core/smime/open.ts";
import type { OpenedMessage } from "../core/smime/verdict.ts";
import { verificationMemo } from "../core/smime/verification-memo.ts";
import { canonicalAddress } from "../core/trust/addresses.ts";
import type { Storage } from "../storage/storage.ts";
import type { Alarm } from "../thunderbird/alarm.ts";
import { folderMessages } from "../thunderbird/folders.ts";
import { mailIdentities, type MailIdentity } from "../thunderbird/identities.ts";
import type { Directory } from "./directory.ts";
import type { Failures } from "./failures.ts";
import { harvest, recipientsOf, type Envelope } from "./harvest.ts";
import { harvestSent } from "./harvest-sent.ts";
import { inTime } from "./in-time.ts";
import { scanMemory, type ScanMemory } from "./scan-memory.ts";

/** Looks through mail that is here already for certificates, and for what it says of the exchange. */
export interface Scan {
  state(): Promise<ScanRecord | null>;
  /** Begins anew. @throws SmimeError bad-request without folders, or while one is under way */
  start(folders: readonly ScanFolder[], since: Date | null): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** What was found stays. */
  cancel(): Promise<void>;
  /** The last one's summary is not shown any more. */
  forget(): Promise<void>;
  /** Goes on with what was under way when the background or Thunderbird ended. */
  wake(): Promise<void>;
}

interface Message extends Envelope {
  readonly id: number;
  readonly size: number;
}

type Opened =
  | { readonly kind: "failed" | "locked" }
  | { readonly kind: "plain"; readonly raw: Uint8Array }
  | {
      readonly kind: "signed" | "enveloped";
      readonly raw: Uint8Array;
      readonly opened: OpenedMessage;
    };

/** How many messages are under way: Thunderbird reads, and signatures are checked, side by side. */
const AHEAD = 6;

/** For one message to come. */
const PATIENCE_MS = 60_000;

/** Between two writes of what was found and how far it came. */
const WRITE_EVERY_MS = 1500;

/** If the background should end in between, it is woken. */
const GUARD_MINUTES = 1;

interface ScanServices {
  readonly storage: Pick<Storage, "certificates" | "signals"> & { readonly scan: ScanStore };
  readonly keys: KeyStore;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly guard: Alarm;
  readonly failures: Failures;
}

export function scan({ storage, keys, directory, clock, guard, failures }: ScanServices): Scan {
  const store = storage.scan;
  let running: Promise<void> | null = null;
  let stopping: "paused" | "cancelled" | null = null;

  return {
    state: () => store.get(),
    async start(folders, since) {
      if (folders.length === 0 || running !== null) throw new SmimeError("bad-request");
      await store.set(newScan(folders, since, clock.now()));
      go();
    },
    pause: () => stop("paused"),
    cancel: () => stop("cancelled"),
    async resume() {
      const record = await store.get();
      if (record?.status !== "paused") return;
      await store.set({ ...record, status: "running" });
      go();
    },
    async forget() {
      if (running === null) await store.set(null);
    },
    async wake() {
      if ((await store.get())?.status === "running") go();
    },
  };

  async function stop(status: "paused" | "cancelled"): Promise<void> {
    stopping = status;
    await running;
    stopping = null;
    const record = await store.get();
    if (record?.status === "running" || record?.status === "paused") {
      await store.set({ ...record, status, endedAt: status === "paused" ? null : clock.now() });
    }
  }

  function go(): void {
    if (running !== null) return;
    running = run()
      .catch(async (error: unknown) => {
        failures.report("searching mail", error);
        // Nothing is lost: it can go on from the last write.
        const record = await store.get();
        if (record?.status === "running") await store.set({ ...record, status: "paused" });
      })
      .catch((error: unknown) => {
        failures.report("pausing the search", error);
      })
      .finally(() => {
        running = null;
        return guard.set(null);
      });
  }

  async function run(): Promise<void> {
    const memory = scanMemory(storage);
    const identities = await mailIdentities();
    let record = await store.get();
    while (record?.status === "running" && stopping === null) {
      record = await searchFolder(record, { ...memory, identities });
    }
  }

  /** @returns the record as it was written last */
  async function searchFolder(
    record: ScanRecord,
    memory: ScanMemory & { readonly identities: readonly MailIdentity[] },
  ): Promise<ScanRecord> {
    const folder = record.folders[record.folder];
    if (folder === undefined) return nextFolder(record, clock.now());
    let counts: ScanCounts = NOTHING_COUNTED;
    const messages = await listed(folder, record).catch((error: unknown) => {
      failures.report("listing a folder", error);
      counts = addCounts(counts, { failed: 1 });
      return [];
    });
    const ahead = messages.filter((message) => isAhead(position(message), record.reached));
    let written = withMessages(record, messages.length);
    let context = await openContext();
    let last = performance.now();

    const write = async (change: (record: ScanRecord) => ScanRecord) => {
      const found = await memory.flush();
      written = change({ ...written, counts: addCounts(addCounts(written.counts, counts), found) });
      counts = NOTHING_COUNTED;
      await store.set(written);
      await guard.set(GUARD_MINUTES);
      context = await openContext();
      last = performance.now();
    };

    const opening = ahead.slice(0, AHEAD).map((message) => open(message, context));
    for (const [index, message] of ahead.entries()) {
      const opened = await (opening[index % AHEAD] ?? open(message, context));
      const next = ahead[index + AHEAD];
      if (next !== undefined) opening[index % AHEAD] = open(next, context);
      counts = addCounts(counts, await learn(message, opened, context, memory));
      const due = performance.now() - last > WRITE_EVERY_MS;
      if (due || stopping !== null) {
        await write((before) => ({ ...before, reached: position(message) }));
        if (stopping !== null) return written;
      }
    }
    await write((before) => nextFolder(before, clock.now()));
    return written;
  }

  async function openContext(): Promise<OpenContext> {
    return {
      ownCertificates: (await keys.list()).map(({ certificate }) => certificate),
      privateKey: (fingerprint) => keys.privateKey(fingerprint),
      intermediates: await directory.intermediates(),
      anchors: await directory.anchors(),
      now: clock.now(),
      memo: verificationMemo(),
    };
  }

  /** Reads one message; several are under way at a time. Never rejects but for the stores' failure. */
  async function open({ id, size }: Message, context: OpenContext): Promise<Opened> {
    let raw: Uint8Array;
    try {
      // A server that never answers must not hold everything up.
      const read = await inTime(rawMessage({ id, size }), PATIENCE_MS, null);
      if (read === null) return { kind: "failed" };
      raw = read;
    } catch {
      return { kind: "failed" };
    }
    try {
      const hint = protectionHint(raw);
      if (hint === "none") return { kind: "plain", raw };
      return { kind: hint, raw, opened: await openMessage(raw, context) };
    } catch (error) {
      if (error instanceof SmimeError && error.code === "vault-locked") return { kind: "locked" };
      // One message that nobody can read keeps no other from being read.
      failures.report("reading a message in a search", error);
      return { kind: "failed" };
    }
  }

  /** @returns what it counts as */
  async function learn(
    header: Message,
    message: Opened,
    context: OpenContext,
    memory: ScanMemory & { readonly identities: readonly MailIdentity[] },
  ): Promise<Partial<ScanCounts>> {
    switch (message.kind) {
      case "failed":
        return { seen: 1, failed: 1 };
      case "locked":
        return { seen: 1, encrypted: 1, locked: 1 };
      case "plain": {
        // Only that somebody has stopped signing is of interest, and only for a while.
        const age = clock.now().getTime() - new Date(header.date).getTime();
        if (age < SILENCE_PERIOD) {
          await harvest({ header, raw: message.raw, opened: null }, memory);
        }
        return { seen: 1 };
      }
      case "signed":
      case "enveloped": {
        const { raw, opened } = message;
        const from = canonicalAddress(fromAddress(raw) ?? "");
        const mine = (address: string) =>
          memory.identities.some((identity) => canonicalAddress(identity.address) === address);
        if (mine(from)) {
          await harvestSent({ header, raw, opened }, context.ownCertificates, memory.signals);
        }
        const toMe = recipientsOf(header).map(canonicalAddress);
        if (!mine(from) || toMe.some((address) => address !== from && mine(address))) {
          await harvest({ header, raw, opened }, memory);
        }
        return message.kind === "signed" ? { seen: 1, signed: 1 } : { seen: 1, encrypted: 1 };
      }
    }
  }
}

/** The messages of a folder in the order of the search. @throws when the folder is gone */
async function listed({ id }: ScanFolder, { since }: ScanRecord): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const page of folderMessages(id, since)) {
    for (const { folder, recipients, ccList, bccList, headerMessageId, date, ...rest } of page) {
      if (rest.headersOnly) continue;
      messages.push({
        ...{ id: rest.id, size: rest.size, headerMessageId, date, recipients, ccList, bccList },
        ...(folder === undefined ? {} : { folder }),
      });
    }
  }
  return messages.sort((a, b) => scanOrder(position(a), position(b)));
}

function position({ date, headerMessageId }: Message) {
  return { at: new Date(date), messageId: headerMessageId };
}
