import DOMPurify from "dompurify";

/**
 * Decrypted HTML, made harmless before it touches the document: no script, no form, nothing that
 * names a place outside the message. What could fetch is not blocked later but absent (EFAIL).
 */

/** What the user may ask for, one message at a time, where nobody could have put it in on the way. */
const REMOTE_IMAGE = /^https?:/i;
const ALLOWED_IMAGE = /^data:image\/(?:gif|jpeg|png|webp);base64,/i;
const ALLOWED_LINK = /^(?:https?:|mailto:)/i;

export interface Sanitised {
  readonly content: DocumentFragment;
  /** How many pictures from the web the sender put in, loaded or not. */
  readonly remoteImages: number;
}

/** @param loadRemoteImages keeps the addresses of pictures, and nothing else that names a place */
export function sanitise(
  html: string,
  inlineImages: Readonly<Record<string, string>>,
  loadRemoteImages: boolean,
): Sanitised {
  const purify = DOMPurify(window);
  let remoteImages = 0;
  purify.addHook("uponSanitizeAttribute", (element, attribute) => {
    const { attrName, attrValue } = attribute;
    if (attrName === "src" && element.nodeName === "IMG") {
      const contentId = /^cid:(.*)$/i.exec(attrValue)?.[1];
      const inline = contentId === undefined ? undefined : inlineImages[decode(contentId)];
      attribute.attrValue = inline ?? attrValue;
      const remote = REMOTE_IMAGE.test(attribute.attrValue);
      if (remote) remoteImages++;
      attribute.keepAttr = ALLOWED_IMAGE.test(attribute.attrValue) || (remote && loadRemoteImages);
      // The scheme was judged here; DOMPurify's own rule knows no cid: to replace.
      attribute.forceKeepAttr = attribute.keepAttr;
      if (attribute.keepAttr) element.setAttribute("src", attribute.attrValue);
    } else if (attrName === "href") {
      attribute.keepAttr = element.nodeName === "A" && ALLOWED_LINK.test(attrValue);
    } else if (attrName === "style") {
      attribute.attrValue = harmlessStyle(attrValue);
      attribute.keepAttr = attribute.attrValue !== "";
    }
  });
  purify.addHook("afterSanitizeAttributes", (element) => {
    if (element.nodeName === "A") element.setAttribute("rel", "noreferrer noopener");
  });
  const content = purify.sanitize(html, {
    RETURN_DOM_FRAGMENT: true,
    USE_PROFILES: { html: true },
    FORBID_TAGS: [
      "style",
      "link",
      "base",
      "meta",
      "form",
      "input",
      "button",
      "textarea",
      "select",
    ].concat(["audio", "video", "source", "track", "picture", "dialog", "template", "slot"]),
    FORBID_ATTR: [
      "srcset",
      "background",
      "poster",
      "action",
      "ping",
      "id",
      "class",
      "name",
      "slot",
    ],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
  return { content, remoteImages };
}

/**
 * Declarations without any function: `url()`, `image-set()` and whatever else may fetch need one,
 * escapes (`u\72l(`) too need the parenthesis. Positioning goes as well, so that content cannot be
 * laid over the banner.
 */
function harmlessStyle(style: string): string {
  return style
    .split(";")
    .filter((declaration) => {
      const property = declaration.split(":", 1)[0]?.trim().toLowerCase() ?? "";
      if (property === "" || property.startsWith("--")) return false;
      if (["position", "z-index", "top", "left", "right", "bottom", "inset"].includes(property)) {
        return false;
      }
      return /^[^(\\@"']*$/.test(declaration.replace(/rgba?\([\d\s.,%/]*\)/gi, ""));
    })
    .join(";");
}

function decode(contentId: string): string {
  try {
    return decodeURIComponent(contentId);
  } catch {
    return contentId;
  }
}
