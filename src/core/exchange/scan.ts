import type { ScanCounts, ScanFolder, ScanPosition, ScanRecord } from "../ports.ts";

/** How a search of the user's mail goes on from step to step. Pure; `background/scan.ts` does it. */

export const NOTHING_COUNTED: ScanCounts = {
  seen: 0,
  signed: 0,
  encrypted: 0,
  locked: 0,
  failed: 0,
  certificates: 0,
  contacts: 0,
};

/**
 * Sent mail comes first: whether a message answers a signed one of mine can only be seen when that
 * one is known.
 */
export function newScan(folders: readonly ScanFolder[], since: Date | null, now: Date): ScanRecord {
  return {
    status: "running",
    folders: [...folders].sort((a, b) => Number(b.sent) - Number(a.sent)),
    since,
    folder: 0,
    reached: null,
    counts: NOTHING_COUNTED,
    startedAt: now,
    endedAt: null,
  };
}

/** Oldest first, as the messages came: what an unsigned one means depends on those before it. */
export function scanOrder(a: ScanPosition, b: ScanPosition): number {
  return (
    a.at.getTime() - b.at.getTime() ||
    (a.messageId < b.messageId ? -1 : Number(a.messageId > b.messageId))
  );
}

/** Whether a message is still to be looked at. */
export function isAhead(position: ScanPosition, reached: ScanPosition | null): boolean {
  return reached === null || scanOrder(position, reached) > 0;
}

export function addCounts(a: ScanCounts, b: Partial<ScanCounts>): ScanCounts {
  const sum = { ...a };
  for (const name of Object.keys(a) as (keyof ScanCounts)[]) sum[name] += b[name] ?? 0;
  return sum;
}

/** The next folder from its beginning, or the end. `messages`: how many the present one had. */
export function nextFolder(record: ScanRecord, now: Date): ScanRecord {
  const folder = record.folder + 1;
  return folder < record.folders.length
    ? { ...record, folder, reached: null }
    : { ...record, folder, reached: null, status: "done", endedAt: now };
}

export function withMessages(record: ScanRecord, messages: number): ScanRecord {
  return {
    ...record,
    folders: record.folders.map((folder, index) =>
      index === record.folder ? { ...folder, messages } : folder,
    ),
  };
}
