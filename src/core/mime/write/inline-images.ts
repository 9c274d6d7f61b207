import { decodeBase64 } from "../base64.ts";
import { hexText, octetsOf, randomOctets } from "../../octets.ts";

export interface InlineImage {
  /** Without angle brackets. */
  readonly contentId: string;
  readonly type: string;
  readonly name: string;
  readonly content: Uint8Array;
}

/** What Thunderbird takes out, too: pictures, the page's background, and files behind links. */
const REFERENCES: Readonly<Record<string, string>> = { img: "src", body: "background", a: "href" };

/** As browsers serialise: each value in double quotes. A ">" in a value ends no tag. */
const TAG = /<(img|body|a)((?:\s+[^\s"=>]+(?:="[^"]*")?)*)\s*>/gi;
const ATTRIBUTE = /\s+([^\s"=>]+)(?:="([^"]*)")?/g;

/**
 * Takes the pictures out of serialised HTML: each `data:` URL becomes a `cid:` reference (RFC 2392),
 * equal ones to the same part. Many readers show no data: URLs.
 */
export function takeInlineImages(
  html: string,
  domain: string,
): { readonly html: string; readonly images: readonly InlineImage[] } {
  const found = new Map<string, InlineImage>();
  const replaced = html.replace(TAG, (tag: string, element: string, attributes: string) => {
    const known = new Map(
      [...attributes.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => [name, value]),
    );
    const reference = REFERENCES[element.toLowerCase()] ?? "";
    const source = known.get(reference) ?? "";
    // Thunderbird's mark of what the user wants to stay a reference.
    const stays = !["", "false"].includes(known.get("moz-do-not-send") ?? "");
    if (stays || !/^data:/i.test(source)) return tag;
    const image = found.get(source) ?? imageOf(unescaped(source), known.get("name") ?? "");
    if (image === null) return tag;
    found.set(source, image);
    const changed = attributes.replace(ATTRIBUTE, (attribute: string, name: string) =>
      name === reference ? ` ${reference}="cid:${image.contentId}"` : attribute,
    );
    return `<${element}${changed}>`;
  });
  return { html: replaced, images: [...found.values()] };

  function imageOf(url: string, name: string): InlineImage | null {
    const [, given = "", parameters = "", data = ""] =
      /^data:([^;,]*)((?:;[^;,]*)*),([^]*)$/i.exec(url) ?? [];
    const content = contentOf(parameters, data);
    if (content === null) return null;
    const type = given.trim().toLowerCase() || "text/plain";
    const number = found.size + 1;
    return {
      contentId: `part${number}.${hexText(randomOctets(9))}@${domain}`,
      type,
      name: fileName(parameters) ?? (unescaped(name) || `image${number}.${extension(type)}`),
      content,
    };
  }
}

function contentOf(parameters: string, data: string): Uint8Array | null {
  try {
    const text = decodeURIComponent(data);
    return /;base64$/i.test(parameters)
      ? decodeBase64(octetsOf(text))
      : new TextEncoder().encode(text);
  } catch {
    return null;
  }
}

/** Thunderbird keeps the name of a chosen file in the URL. */
function fileName(parameters: string): string | null {
  const name = /;filename=([^;]+)/i.exec(parameters)?.[1];
  if (name === undefined) return null;
  try {
    return decodeURIComponent(name);
  } catch {
    return null;
  }
}

function extension(type: string): string {
  const subtype = type.slice(type.indexOf("/") + 1);
  return { jpeg: "jpg", "svg+xml": "svg", plain: "txt" }[subtype] ?? subtype.replace(/\W/g, "");
}

/** What serialising escapes in an attribute (HTML, section 13.3). */
function unescaped(value: string): string {
  const characters: Readonly<Record<string, string>> = {
    amp: "&",
    quot: '"',
    lt: "<",
    gt: ">",
    nbsp: "\u00a0",
  };
  return value.replace(/&(amp|quot|lt|gt|nbsp);/g, (_, name: string) => characters[name] ?? "");
}
