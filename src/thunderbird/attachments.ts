import { api } from "./api.ts";

export interface AttachedFile {
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array;
}

/** Types that a tab shows without running anything of the file's own. */
const VIEWABLE = new Set([
  "application/pdf",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/webp",
  "text/plain",
]);

/** Saves as Thunderbird's own setting says: asks for the place, or uses the usual folder. */
export async function saveAttachment(file: AttachedFile): Promise<number> {
  const url = URL.createObjectURL(new Blob([Uint8Array.from(file.content)]));
  try {
    const id = await api.downloads.download({ url, filename: file.name || "attachment" });
    await finished(id);
    return id;
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function finished(id: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const check = async () => {
      const [item] = await api.downloads.search({ id });
      if (item?.state === "in_progress") return;
      api.downloads.onChanged.removeListener(changed);
      if (item?.state === "complete") resolve();
      else reject(new Error(item?.error ?? "download is gone"));
    };
    const changed = (delta: { id: number }) => {
      if (delta.id === id) check().catch(reject);
    };
    api.downloads.onChanged.addListener(changed);
    check().catch(reject);
  });
}

/** Whether `showAttachment` can. Everything else is saved and opened by its own program. */
export function isViewable({ type }: AttachedFile): boolean {
  return type === "message/rfc822" || VIEWABLE.has(type);
}

/** Tabs that show what was encrypted. They outlive the background's suspension, not the session. */
const SHOWN = "shownAttachments";

/** Opens an attached message as a message, and pictures, text and PDF in a tab. */
export async function showAttachment(file: AttachedFile): Promise<void> {
  const blob = new Blob([Uint8Array.from(file.content)], { type: viewedType(file) });
  if (file.type === "message/rfc822") {
    const message = new File([blob], `${file.name || "message"}.eml`, { type: file.type });
    await rememberShown(await api.messageDisplay.open({ file: message }));
    return;
  }
  // The tab needs the URL for as long as it is open; it goes with the background page.
  await rememberShown(await api.tabs.create({ url: URL.createObjectURL(blob) }));
}

async function rememberShown({ id }: messenger.tabs.Tab): Promise<void> {
  if (id !== undefined) await api.storage.session.set({ [SHOWN]: [...(await shownTabs()), id] });
}

async function shownTabs(): Promise<readonly number[]> {
  const { [SHOWN]: tabs } = await api.storage.session.get(SHOWN);
  return (tabs as readonly number[] | undefined) ?? [];
}

/** Whatever `showAttachment` has opened and is still open. */
export async function closeShownAttachments(): Promise<void> {
  const tabs = await shownTabs();
  await api.storage.session.remove(SHOWN);
  // The user may have closed some.
  await Promise.all(tabs.map((tabId) => api.tabs.remove(tabId).catch(() => {})));
}

/** Text that does not say otherwise would be taken for windows-1252. */
function viewedType({ type, content }: AttachedFile): string {
  return type === "text/plain" && isUtf8(content) ? "text/plain; charset=utf-8" : type;
}

function isUtf8(content: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}
