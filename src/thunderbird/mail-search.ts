import { api } from "./api.ts";
import { mailboxAddresses } from "./mailboxes.ts";
import type { MessageHeader } from "./messages.ts";

/** A message list as it comes, a page at a time; the published types call its id optional. */
type Page = Omit<messenger.messages.MessageList, "id"> & { readonly id: string | null };

/**
 * Messages in any folder that name this address as their author, newest first.
 * @param most how many are looked for
 */
export async function messagesFrom(address: string, most: number): Promise<MessageHeader[]> {
  const query = { author: address, messagesPerPage: 100, autoPaginationTimeout: 0 };
  const found: MessageHeader[] = [];
  let page = (await api.messages.query(query)) as unknown as Page;
  for (;;) {
    for (const message of page.messages) {
      const [author = ""] = await mailboxAddresses(message.author);
      if (author.toLowerCase() === address.toLowerCase()) found.push(message);
    }
    if (page.id === null) break;
    if (found.length >= most * 10) {
      await (api.messages as unknown as { abortList(id: string): Promise<void> }).abortList(
        page.id,
      );
      break;
    }
    page = (await api.messages.continueList(page.id)) as unknown as Page;
  }
  return found.sort((one, other) => timeOf(other) - timeOf(one)).slice(0, most);
}

function timeOf({ date }: MessageHeader): number {
  return new Date(date).getTime();
}
