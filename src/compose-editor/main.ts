import { api } from "../thunderbird/api.ts";
import type { EditorRequest } from "../thunderbird/compose-editor.ts";

/**
 * Runs in the editor of every compose window. What answers an encrypted message gets its quote from
 * here, since Thunderbird could not decrypt it: without moving the cursor or touching what has been
 * written meanwhile. The HTML comes from the add-on's own background, which has cleaned it.
 */

const QUOTED = "blockquote[type=cite], .moz-forward-container, [_moz_quote=true]";

function insert({ html, place }: Extract<EditorRequest, { request: "insert-quote" }>): boolean {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const content = [...body.childNodes];
  if (place === "end") {
    document.body.append(...content);
    return true;
  }
  // Thunderbird's own line "On …, … wrote:", which is missing where nothing is to be quoted.
  const prefix = [...document.querySelectorAll(".moz-cite-prefix")].at(-1);
  if (prefix === undefined) return false;
  const untouched = prefix.nextElementSibling === null;
  prefix.after(...content);
  if (untouched) {
    // The user is to go on below the quote, where Thunderbird has put the cursor.
    const line = document.createElement("p");
    line.append(document.createElement("br"));
    document.body.append(line);
    document.getSelection()?.collapse(line, 0);
  }
  return true;
}

/** Also what was restored from a draft or typed as a quote; of plain text each line with ">". */
function removeQuotes(): void {
  for (const quote of document.querySelectorAll(QUOTED)) quote.remove();
  for (const line of linesOfText()) {
    if (line.data.startsWith(">")) line.remove();
  }
}

function holdsQuote(): boolean {
  return (
    document.querySelector(QUOTED) !== null ||
    linesOfText().some((line) => line.data.startsWith(">"))
  );
}

function linesOfText(): Text[] {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const lines: Text[] = [];
  while (walker.nextNode() !== null) lines.push(walker.currentNode as Text);
  return lines;
}

function answer(message: unknown): Promise<boolean> | undefined {
  const asked = message as EditorRequest;
  switch (asked.request) {
    case "insert-quote":
      return Promise.resolve(insert(asked));
    case "remove-quotes":
      removeQuotes();
      return Promise.resolve(true);
    case "holds-quote":
      return Promise.resolve(holdsQuote());
    default:
      return undefined;
  }
}

api.runtime.onMessage.addListener(answer);
