import { render, type ComponentChild } from "preact";
import { text } from "../../thunderbird/i18n.ts";

/** Draws a page. The language is that of the strings, which may differ from Thunderbird's own. */
export function mount(title: string, page: ComponentChild): void {
  document.documentElement.lang = text("language");
  document.title = title;
  render(page, document.body);
}
