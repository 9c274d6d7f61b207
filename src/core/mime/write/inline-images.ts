import { decodeBase64 } from "../base64.ts";
import { hexText, octetsOf, randomOctets } from "../../octets.ts";

export interface InlineImage {
  /** Without angle brackets. */
  readonly contentId: string;
  readonly type: string;
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * Takes the pictures out of serialised HTML: each `<img src="data:…">` becomes a `cid:` reference
 * (RFC 2392), equal ones to the same part. Many readers show no data: URLs.
 */
export function takeInlineImages(
  html: string,
  domain: string,
): { readonly html: string; readonly images: readonly InlineImage[] } {
  const found = new Map<string, InlineImage>();
  const replaced = html.replace(
    /(<img\b[^>]*?\ssrc=")data:(image\/[\w.+-]+)((?:;[^;,"]*)*),([^"]*)(?=")/gi,
    (whole: string, before: string, type: string, parameters: string, data: string) => {
      const key = `${type},${data}`;
      const known = found.get(key);
      const content = known === undefined ? contentOf(parameters, data) : known.content;
      if (content === null) return whole;
      const image = known ?? {
        contentId: `part${found.size + 1}.${hexText(randomOctets(9))}@${domain}`,
        type: type.toLowerCase(),
        name: fileName(parameters) ?? `image${found.size + 1}.${extension(type)}`,
        content,
      };
      found.set(key, image);
      return `${before}cid:${image.contentId}`;
    },
  );
  return { html: replaced, images: [...found.values()] };
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
  const subtype = type.slice("image/".length).toLowerCase();
  return { jpeg: "jpg", "svg+xml": "svg" }[subtype] ?? subtype.replace(/\W/g, "");
}
