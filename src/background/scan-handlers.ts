import { SmimeError } from "../core/errors.ts";
import type { ScanRecord } from "../core/ports.ts";
import type { PageProtocol } from "../core/protocol.ts";
import type { ScanRequests, ScanView } from "../core/scan-protocol.ts";
import { mailFolders, messageCount } from "../thunderbird/folders.ts";
import type { Handlers } from "../thunderbird/rpc.ts";
import type { Scan } from "./scan.ts";

/** What pages may ask about the search of the user's mail. */
export function scanHandlers(
  scan: Scan,
): Pick<Handlers<PageProtocol>, keyof ScanRequests & keyof PageProtocol> {
  return {
    "scan.folders": async () =>
      (await mailFolders()).map(({ id, name, account, use }) => ({
        ...{ id, name, account },
        suggested: use === "inbox" || use === "sent",
      })),
    "scan.state": async () => {
      const record = await scan.state();
      return record === null ? null : scanView(record);
    },
    "scan.start": async ({ folders, since }) => {
      const chosen = new Set(folders);
      const found = (await mailFolders()).filter(({ id }) => chosen.has(id));
      const from = since === null ? null : new Date(since);
      if (Number.isNaN(from?.getTime())) throw new SmimeError("bad-request");
      await scan.start(
        await Promise.all(
          found.map(async ({ id, name, account, use }) => ({
            ...{ id, name, account },
            sent: use === "sent",
            messages: await messageCount(id),
          })),
        ),
        from,
      );
      return null;
    },
    "scan.pause": () => scan.pause().then(nothing),
    "scan.resume": () => scan.resume().then(nothing),
    "scan.cancel": () => scan.cancel().then(nothing),
    "scan.forget": () => scan.forget().then(nothing),
  };
}

function nothing(): null {
  return null;
}

function scanView({ status, folders, folder, counts, startedAt, endedAt }: ScanRecord): ScanView {
  return {
    status,
    folders: folders.map(({ name, account, messages }) => ({ name, account, messages })),
    folder,
    counts,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}
