import { api } from "./api.ts";

/**
 * Shows the first-run page once, when the add-on is installed for good: a temporary installation is
 * a developer's, and an update is no beginning. Register at the top level.
 */
export function welcomeOnce(): void {
  api.runtime.onInstalled.addListener((details) => {
    const { temporary } = details as { readonly temporary?: boolean };
    if (details.reason !== "install" || temporary === true) return;
    void api.tabs.create({ url: api.runtime.getURL("pages/welcome/index.html") });
  });
}
