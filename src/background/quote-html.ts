import { fieldOf, type MessageBody } from "../core/mime/body.ts";
import { referencesOf } from "../core/mime/references.ts";
import { sanitise } from "../message-display/sanitise.ts";
import { text } from "../thunderbird/i18n.ts";
import { dataUrl } from "./data-url.ts";

/**
 * What the reader of a message has seen, as HTML for a compose window. No styles and colours come
 * along, and what they hid goes: everything that is sent can be read before it is sent.
 */
export function quotedHtml(body: MessageBody): string {
  if (body.html === null)
    return `<pre class="moz-quote-pre" wrap="">${escaped(body.text ?? "")}</pre>`;
  const images = Object.fromEntries(
    body.inlineImages.map((image) => [image.contentId, dataUrl(image)]),
  );
  const quote = document.implementation.createHTMLDocument();
  quote.body.append(sanitise(body.html, images, false).content);
  for (const element of quote.body.querySelectorAll<HTMLElement>("*")) {
    const empty = element.localName === "img" && !element.hasAttribute("src");
    if (empty || isHidden(element)) element.remove();
  }
  for (const element of quote.body.querySelectorAll("*")) {
    for (const name of ["style", "color", "bgcolor", "height", "width", "hidden"]) {
      element.removeAttribute(name);
    }
  }
  return quote.body.innerHTML;
}

type Converter = (html: string) => Promise<string>;

export function citedHtml(message: Uint8Array, body: MessageBody): string {
  const { messageId } = referencesOf(message);
  const cite = messageId === null ? "" : ` cite="mid:${escaped(messageId)}"`;
  return `<blockquote type="cite"${cite}>${quotedHtml(body)}</blockquote>`;
}

/** As Thunderbird quotes in a window without HTML. */
export async function citedText(
  _message: Uint8Array,
  body: MessageBody,
  convert: Converter,
): Promise<string> {
  const lines = (await quotedText(body, convert)).trimEnd().split(/\r?\n/);
  const cited = lines.map((line) => escaped(line.startsWith(">") ? `>${line}` : `> ${line}`));
  const style = "white-space: pre-wrap; display: block; width: 98vw;";
  return `<span _moz_quote="true" style="${style}">${cited.join("<br>")}</span><br>`;
}

export function forwardedHtml(message: Uint8Array, body: MessageBody): string {
  const rows = forwardedFields(message).map(
    ([name, value]) =>
      `<tr><th valign="BASELINE" nowrap="nowrap" align="RIGHT">${escaped(name)}: </th>` +
      `<td>${escaped(value)}</td></tr>`,
  );
  return (
    `<div class="moz-forward-container"><br><br>${escaped(title())}` +
    `<table class="moz-email-headers-table" cellspacing="0" cellpadding="0" border="0"><tbody>` +
    `${rows.join("")}</tbody></table><br><br>${quotedHtml(body)}</div>`
  );
}

export async function forwardedText(
  message: Uint8Array,
  body: MessageBody,
  convert: Converter,
): Promise<string> {
  const fields = forwardedFields(message).map(([name, value]) => `${name}: ${value}`);
  const text = (await quotedText(body, convert)).split(/\r?\n/);
  const lines = ["", title(), ...fields, "", ...text];
  return `<div class="moz-forward-container">${lines.map(escaped).join("<br>")}</div>`;
}

function title(): string {
  return `-------- ${text("quote_forwarded")} --------`;
}

function forwardedFields(message: Uint8Array): [name: string, value: string][] {
  const fields = [
    [text("quote_subject"), "subject"],
    [text("quote_date"), "date"],
    [text("quote_from"), "from"],
    [text("quote_to"), "to"],
    [text("quote_cc"), "cc"],
  ] as const;
  return fields.flatMap(([name, field]): [string, string][] => {
    const value = fieldOf(message, field);
    return value === "" ? [] : [[name, value]];
  });
}

async function quotedText(body: MessageBody, convert: Converter): Promise<string> {
  return body.html === null ? (body.text ?? "") : convert(quotedHtml(body));
}

function isHidden(element: HTMLElement): boolean {
  const { style } = element;
  const small = (value: string, limit: number) => value !== "" && parseFloat(value) <= limit;
  return (
    element.hasAttribute("hidden") ||
    style.display === "none" ||
    style.visibility === "hidden" ||
    style.visibility === "collapse" ||
    small(style.opacity, 0.2) ||
    small(style.fontSize, 3) ||
    small(style.lineHeight, 0.1) ||
    (style.overflow.includes("hidden") &&
      [style.height, style.width, style.maxHeight, style.maxWidth].some((size) =>
        small(size, 2),
      )) ||
    style.color === "transparent" ||
    (element.parentElement?.localName === "details" &&
      !element.parentElement.hasAttribute("open") &&
      element.localName !== "summary")
  );
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
