import { SmimeError } from "../../core/errors.ts";

/**
 * Files that Thunderbird has uploaded to a cloud: the text has a list of links to them, and yet they
 * are attachments of the window, with their whole content, which nothing but the list tells apart.
 */
export interface LinkedFiles {
  /** The names in the list, one for each file. */
  readonly names: readonly string[];
  /** The text without the marks by which Thunderbird finds its list again. */
  readonly body: string;
}

const MARKS = /\sid="cloudAttachmentList(?:Root|Header|Footer)?"/g;

/** @param body as Thunderbird serialises it, of a plain text window too */
export function linkedFiles(body: string): LinkedFiles {
  if (!body.includes('id="cloudAttachmentList"')) return { names: [], body };
  const items = new DOMParser()
    .parseFromString(body, "text/html")
    .querySelectorAll("#cloudAttachmentList > .cloudAttachmentItem");
  return { names: [...items].map(nameOf), body: body.replace(MARKS, "") };
}

/** In plain text the first line of an item has it, behind a bullet. */
function nameOf(item: Element): string {
  const name = item.querySelector(".cloudfile-name")?.textContent;
  const [line = ""] = item.textContent.trim().split("\n");
  return name ?? line.replace(/^\* /, "").trim();
}

/**
 * The attachments that are to be sent along with the message.
 * @throws SmimeError send-attachment-unreadable where two have the name of a linked one
 */
export function notLinked<File extends { readonly name?: string | undefined }>(
  attachments: readonly File[],
  { names }: LinkedFiles,
): readonly File[] {
  return attachments.filter(({ name = "" }) => {
    const linked = names.filter((each) => each === name).length;
    if (linked === 0) return true;
    if (attachments.filter((each) => each.name === name).length !== linked) {
      throw new SmimeError("send-attachment-unreadable", { detail: "linked or attached" });
    }
    return false;
  });
}
