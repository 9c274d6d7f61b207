import { api } from "../../thunderbird/api.ts";

/** Shows a page of the add-on in the tab that shows it already, at the address given, or in a new one. */
export async function showPage(path: string, hash = ""): Promise<void> {
  const url = api.runtime.getURL(path);
  const open = api.extension
    .getViews({ type: "tab" })
    .find(({ location }) => location.href.startsWith(url));
  if (open === undefined) {
    await api.tabs.create({ url: `${url}${hash}` });
    return;
  }
  if (hash !== "") open.location.hash = hash;
  // Only the page itself can tell which tab it is in.
  const tab = await (open as Window & { readonly browser: typeof api }).browser.tabs.getCurrent();
  if (tab?.id === undefined) return;
  await api.tabs.update(tab.id, { active: true });
  if (tab.windowId !== undefined) await api.windows.update(tab.windowId, { focused: true });
}
