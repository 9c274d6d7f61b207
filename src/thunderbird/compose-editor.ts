import { api } from "./api.ts";

/** What the background asks of the script in a compose window's editor. */
export type EditorRequest =
  | {
      readonly request: "insert-quote";
      readonly html: string;
      /** Under Thunderbird's line that says who wrote, or at the end. */
      readonly place: "citation" | "end";
    }
  | { readonly request: "remove-quotes" | "holds-quote" };

const ID = "compose-editor";

/** Has Thunderbird run the script in each compose window that it opens from now on. */
export async function registerComposeScript(): Promise<void> {
  const { compose } = api.scripting;
  if ((await compose.getRegisteredScripts({ ids: [ID] })).length > 0) return;
  await compose.registerScripts([{ id: ID, js: ["/compose-editor/main.js"] }]);
}

/** False where the window has no place for a quote. @throws while the script is not there yet */
export async function insertQuote(
  tabId: number,
  html: string,
  place: "citation" | "end",
): Promise<boolean> {
  return (await ask(tabId, { request: "insert-quote", html, place })) === true;
}

export async function removeQuotes(tabId: number): Promise<void> {
  await ask(tabId, { request: "remove-quotes" });
}

/** @throws where the window cannot be asked */
export async function holdsQuote(tabId: number): Promise<boolean> {
  return (await ask(tabId, { request: "holds-quote" })) !== false;
}

function ask(tabId: number, request: EditorRequest): Promise<unknown> {
  return api.tabs.sendMessage(tabId, request);
}
