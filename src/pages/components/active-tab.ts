import { SmimeError } from "../../core/errors.ts";
import { api } from "../../thunderbird/api.ts";

/** The tab whose button opened this popup. @throws SmimeError not-found */
export async function activeTab(): Promise<number> {
  const [tab] = await api.tabs.query({ active: true, currentWindow: true });
  if (tab?.id === undefined) throw new SmimeError("not-found");
  return tab.id;
}
