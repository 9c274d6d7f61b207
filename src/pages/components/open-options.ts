import type { Section } from "../options/sections.ts";
import { showPage } from "./own-page.ts";

/** Shows that category of the options page. */
export async function openOptions(section: Section): Promise<void> {
  await showPage("pages/options/index.html", `#${section}`);
}

/** Walks through the beginning, for whoever has no certificate yet. */
export async function openWelcome(): Promise<void> {
  await showPage("pages/welcome/index.html");
}
