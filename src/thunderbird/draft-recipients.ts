import { api } from "./api.ts";
import { mailboxesOf, newsgroupNames } from "./drafts.ts";

const FIELDS = ["to", "cc", "bcc"] as const;

/**
 * Takes people and newsgroups out of a compose window. Of an entry that stands for several, such as
 * a group, the others stay, each by name.
 * @returns whom it took out, as the window had them
 */
export async function removeRecipients(
  tabId: number,
  isLeftOut: (address: string) => boolean,
): Promise<string[]> {
  const details = await api.compose.getComposeDetails(tabId);
  const removed: string[] = [];
  const change: Record<string, string[]> = {};
  for (const field of FIELDS) {
    const entries = [details[field] ?? []].flat().filter((entry) => typeof entry === "string");
    const kept: string[] = [];
    for (const entry of entries) {
      const mailboxes = await mailboxesOf(entry);
      const leftOut = mailboxes.filter(({ email, name }) => isLeftOut(email ?? name ?? ""));
      removed.push(...leftOut.map(({ email, name }) => email ?? name ?? ""));
      if (leftOut.length === 0) kept.push(entry);
      else kept.push(...mailboxes.filter((each) => !leftOut.includes(each)).map(written));
    }
    if (kept.join("\n") !== entries.join("\n")) change[field] = kept;
  }
  const groups = newsgroupNames(details);
  const staying = groups.filter((group) => !isLeftOut(group));
  if (staying.length < groups.length) {
    change["newsgroups"] = [...staying];
    removed.push(...groups.filter((group) => !staying.includes(group)));
  }
  if (removed.length > 0) await api.compose.setComposeDetails(tabId, change);
  return removed;
}

/** Puts Bcc recipients into Cc. Of an entry that stands for several the others stay, each by name. */
export async function showBccRecipients(
  tabId: number,
  isShown: (address: string) => boolean,
): Promise<void> {
  const { cc, bcc } = await api.compose.getComposeDetails(tabId);
  const mailboxes = await mailboxesOf(bcc);
  const shown = mailboxes.filter(({ email }) => email !== undefined && isShown(email));
  await api.compose.setComposeDetails(tabId, {
    cc: [...[cc ?? []].flat(), ...shown.map(written)],
    bcc: mailboxes.filter((each) => !shown.includes(each)).map(written),
  });
}

/** RFC 5322, section 3.4, with the name quoted. */
function written({ name = "", email = "" }: { readonly name?: string; readonly email?: string }) {
  return name === "" || name === email ? email : `"${name.replace(/["\\]/g, "\\$&")}" <${email}>`;
}
