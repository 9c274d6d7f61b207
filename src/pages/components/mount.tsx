import { render, type ComponentChild } from "preact";
import { direction, text } from "../../thunderbird/i18n.ts";

/** Draws a page. The language is that of the strings, which may differ from Thunderbird's own. */
export function mount(title: string, page: ComponentChild): void {
  document.documentElement.lang = text("language");
  document.documentElement.dir = direction();
  document.title = title;
  render(page, document.body);
}
