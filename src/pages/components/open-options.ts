import type { Section } from "../options/sections.ts";
import { api } from "../../thunderbird/api.ts";

/** Shows that category of the options page, in the tab that shows the page already if there is one. */
export async function openOptions(section: Section): Promise<void> {
  const url = api.runtime.getURL("pages/options/index.html");
  const open = api.extension
    .getViews({ type: "tab" })
    .find(({ location }) => location.href.startsWith(url));
  if (open === undefined) {
    await api.tabs.create({ url: `${url}#${section}` });
    return;
  }
  open.location.hash = section;
  // Only the page itself can tell which tab it is in.
  const tab = await (open as Window & { readonly browser: typeof api }).browser.tabs.getCurrent();
  if (tab?.id === undefined) return;
  await api.tabs.update(tab.id, { active: true });
  if (tab.windowId !== undefined) await api.windows.update(tab.windowId, { focused: true });
}
