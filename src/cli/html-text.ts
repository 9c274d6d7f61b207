import { Parser } from "htmlparser2";

const unseen = new Set(["head", "script", "style", "template", "title"]);
const blocks = new Set([
  ...["address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt"],
  ...["fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html"],
  ...["li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"],
]);

/** The words of an HTML document, on a line of their own for each block of it. */
export function htmlText(html: string): string {
  const lines: string[] = [];
  // In pieces, and with its end remembered: looking at a string while it grows takes its length.
  let line: string[] = [];
  let spaced = true;
  let hidden = 0;
  const add = (words: string): void => {
    line.push(words);
    spaced = words.endsWith(" ");
  };
  const endLine = (): void => {
    lines.push(line.join("").trimEnd());
    line = [];
    spaced = true;
  };
  const endBlock = (): void => {
    if (line.some((words) => words !== " ")) endLine();
  };
  const parser = new Parser({
    onopentag(name) {
      if (unseen.has(name)) hidden++;
      else if (blocks.has(name)) endBlock();
      else if (name === "br") endLine();
      else if (name === "td" || name === "th") add(" ");
    },
    ontext(data) {
      if (hidden > 0) return;
      const words = data.replace(/[ \t\r\n\f]+/g, " ");
      const rest = spaced ? words.trimStart() : words;
      if (rest !== "") add(rest);
    },
    onclosetag(name) {
      if (unseen.has(name)) hidden--;
      else if (blocks.has(name)) endBlock();
    },
  });
  parser.end(html);
  endBlock();
  return lines.join("\n").trim();
}
