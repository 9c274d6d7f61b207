import { api } from "./api.ts";

const ID = "message-display";

/** Has Thunderbird run the display script in each message that it shows. */
export async function registerMessageScript(): Promise<void> {
  const { messageDisplay } = api.scripting;
  if ((await messageDisplay.getRegisteredScripts({ ids: [ID] })).length > 0) return;
  await messageDisplay.registerScripts([
    { id: ID, js: ["/message-display/main.js"], runAt: "document_end" },
  ]);
}
