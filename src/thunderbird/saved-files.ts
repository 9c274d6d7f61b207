import { saveAttachment, type AttachedFile } from "./attachments.ts";
import { api } from "./api.ts";

/**
 * Saves a file that the add-on made, as Thunderbird's own setting says: asks for the place, or uses
 * the usual folder.
 * @returns where it is now; null where the user dismissed the question
 */
export async function saveFile(file: AttachedFile): Promise<string | null> {
  let id: number;
  try {
    id = await saveAttachment(file);
  } catch (error) {
    if (error instanceof Error && /cancel/i.test(error.message)) return null;
    throw error;
  }
  const [item] = await api.downloads.search({ id });
  return item?.filename ?? file.name;
}
