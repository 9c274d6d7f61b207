import { api } from "./api.ts";
import { text } from "./i18n.ts";

/** Keeps a message in a folder of Local Folders, once. */
export async function keepLocally(message: Uint8Array, headerMessageId: string): Promise<void> {
  const folderId = await folder();
  const known = await api.messages.query({ folderId, headerMessageId });
  // A list's id is the answer only where one asks for it.
  if (typeof known === "string" || known.messages.length > 0) return;
  await api.messages.import(new File([Uint8Array.from(message)], "message.eml"), folderId, {
    read: true,
  });
}

async function folder(): Promise<string> {
  const name = text("local_copies_folder");
  const local = (await api.accounts.list(false)).find(({ type }) => type === "local");
  const rootId = local?.rootFolder?.id;
  if (rootId === undefined) throw new Error("no Local Folders");
  const known = await api.folders.getSubFolders(rootId, false);
  const id =
    known.find((each) => each.name === name)?.id ?? (await api.folders.create(rootId, name)).id;
  if (id === undefined) throw new Error("the folder has no id");
  return id;
}
