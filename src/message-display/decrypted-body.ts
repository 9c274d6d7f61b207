import type { DisplayBody } from "../core/protocol.ts";
import { errorCode } from "../core/errors.ts";
import { locale, text } from "../thunderbird/i18n.ts";
import { actionButton } from "./action-button.ts";
import { errorSentence } from "./error-sentence.ts";
import { sanitise } from "./sanitise.ts";

export interface AttachmentActions {
  readonly save: (index: number) => Promise<unknown>;
  readonly open: (index: number) => Promise<unknown>;
}

/**
 * What the sender wrote: the HTML where there is one, else the plain text, then the attachments.
 * @param authenticated nobody on the way can have changed it: only then may pictures be loaded from
 * the web, since an address that was put in could carry the text away (EFAIL)
 */
export function decryptedBody(
  body: DisplayBody,
  authenticated: boolean,
  actions: AttachmentActions,
): HTMLElement {
  const element = document.createElement("main");
  const content = document.createElement("div");
  if (body.html !== null) {
    content.className = "html";
    const { html, inlineImages } = body;
    const withheld = sanitise(html, inlineImages, false);
    content.append(withheld.content);
    if (withheld.remoteImages > 0) {
      const load = () => {
        content.replaceChildren(sanitise(html, inlineImages, true).content);
      };
      element.append(remoteImagesNotice(authenticated ? load : null));
    }
  } else {
    content.className = "text";
    content.textContent = body.text ?? "";
  }
  element.append(content);
  if (body.attachments.length > 0) element.append(attachmentList(body, actions));
  return element;
}

/** `load` is null where the pictures must not be loaded. */
function remoteImagesNotice(load: (() => void) | null): HTMLElement {
  const notice = document.createElement("p");
  notice.className = "remote";
  const words = document.createElement("span");
  words.textContent = text(load === null ? "remote_images_unsafe" : "remote_images_withheld");
  notice.append(words);
  if (load !== null) {
    const button = actionButton(text("remote_images_load"), () => {
      load();
      notice.remove();
    });
    notice.append(button);
  }
  return notice;
}

function attachmentList({ attachments }: DisplayBody, actions: AttachmentActions): HTMLElement {
  const section = document.createElement("section");
  section.className = "attachments";
  const heading = document.createElement("h2");
  heading.textContent = text("banner_attachments");
  const list = document.createElement("ul");
  const failure = document.createElement("p");
  failure.setAttribute("role", "alert");
  /** What failed is said beside the list. */
  const button = (label: string, name: string, act: () => Promise<unknown>) =>
    actionButton(
      label,
      () => {
        failure.textContent = "";
        act().catch((error: unknown) => {
          failure.textContent = `${name}: ${errorSentence(errorCode(error))}`;
        });
      },
      `${label}: ${name}`,
    );
  attachments.forEach((attachment, index) => {
    const name = document.createElement("bdi");
    name.className = "name";
    name.textContent = attachment.name;
    const size = document.createElement("span");
    size.className = "size";
    size.textContent = fileSize(attachment.bytes);
    const item = document.createElement("li");
    item.append(
      name,
      size,
      button(text("banner_open"), attachment.name, () => actions.open(index)),
      button(text("banner_save"), attachment.name, () => actions.save(index)),
    );
    list.append(item);
  });
  section.append(heading, list, failure);
  return section;
}

function fileSize(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte"] as const;
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: units[power] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power);
}
