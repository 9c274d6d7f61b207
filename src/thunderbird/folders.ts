import { api } from "./api.ts";
import type { MessageHeader } from "./messages.ts";

export interface MailFolder {
  readonly id: string;
  /** "Inbox", "Work / 2025". */
  readonly name: string;
  readonly account: string;
  readonly accountId: string;
  /** "inbox", "sent", "archives" …; "none" for the user's own. */
  readonly use: string;
}

/** What is not sent, not wanted, or a view of other folders. */
const LEFT_OUT = new Set(["drafts", "templates", "outbox", "trash", "junk"]);

/** The folders with mail that was sent or received, account by account. */
export async function mailFolders(): Promise<MailFolder[]> {
  const accounts = await api.accounts.list(false);
  const found = await Promise.all(
    accounts.map(async ({ id: accountId, name: account }) => {
      const folders = (await api.folders.query({ accountId })) as readonly Folder[];
      return folders.flatMap((folder): MailFolder[] => {
        const uses = folder.specialUse ?? [];
        if (folder.isRoot === true || folder.isVirtual === true || folder.isUnified === true)
          return [];
        if (folder.isTag === true || uses.some((use) => LEFT_OUT.has(use))) return [];
        return [
          {
            id: folder.id,
            name: folderName(folder),
            account,
            accountId,
            use: uses[0] ?? "none",
          },
        ];
      });
    }),
  );
  return found.flat();
}

/** The types know neither ids nor what kind of folder it is. */
interface Folder {
  readonly id: string;
  readonly name?: string;
  readonly path: string;
  readonly specialUse?: readonly string[];
  readonly isRoot?: boolean;
  readonly isVirtual?: boolean;
  readonly isUnified?: boolean;
  readonly isTag?: boolean;
}

/** Thunderbird translates the last name only; those above it are as they are on the server. */
function folderName({ name, path }: Folder): string {
  const above = path.split("/").filter(Boolean).slice(0, -1).map(decoded);
  return [...above, name ?? path].join(" / ");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** How many messages a folder has; null where Thunderbird does not know. */
export async function messageCount(folderId: string): Promise<number | null> {
  const getFolderInfo = api.folders.getFolderInfo as unknown as (
    id: string,
  ) => Promise<{ readonly totalMessageCount?: number }>;
  try {
    return (await getFolderInfo(folderId)).totalMessageCount ?? null;
  } catch {
    return null;
  }
}

/** Thunderbird makes a page in one go, and until it is made does nothing else. */
const PAGE = 100;

/**
 * All messages of a folder, without those in folders below it, page by page in no special order.
 * @throws when the folder is gone
 */
export async function* folderMessages(
  folderId: string,
  since: Date | null,
): AsyncGenerator<readonly MessageHeader[]> {
  const query = api.messages.query as unknown as (query: object) => Promise<Page>;
  const next = api.messages.continueList as unknown as (id: string) => Promise<Page>;
  let page = await query({
    folderId,
    includeSubFolders: false,
    messagesPerPage: PAGE,
    autoPaginationTimeout: 0,
    ...(since === null ? {} : { fromDate: since }),
  });
  for (;;) {
    yield page.messages;
    if (page.id === null) return;
    page = await next(page.id);
  }
}

interface Page {
  readonly id: string | null;
  readonly messages: readonly MessageHeader[];
}
