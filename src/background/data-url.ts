import { encodeBase64Lines } from "../core/mime/base64.ts";

/** @param type a media type without parameters */
export function dataUrl({ type, content }: { type: string; content: Uint8Array }): string {
  const base64 = new TextDecoder().decode(encodeBase64Lines(content)).replaceAll("\r\n", "");
  return `data:${type};base64,${base64}`;
}
