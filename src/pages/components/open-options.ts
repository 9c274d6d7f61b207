import { api } from "../../thunderbird/api.ts";

/** Opens the options page; a section other than the first one in a tab that starts there. */
export async function openOptions(section: "certificates" | "issuers"): Promise<void> {
  if (section === "certificates") await api.runtime.openOptionsPage();
  else await api.tabs.create({ url: api.runtime.getURL(`pages/options/index.html#${section}`) });
}
