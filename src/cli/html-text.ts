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
  let line = "";
  let hidden = 0;
  const endLine = (): void => {
    lines.push(line.trimEnd());
    line = "";
  };
  const endBlock = (): void => {
    if (line.trimEnd() !== "") endLine();
  };
  const parser = new Parser({
    onopentag(name) {
      if (unseen.has(name)) hidden++;
      else if (blocks.has(name)) endBlock();
      else if (name === "br") endLine();
      else if (name === "td" || name === "th") line += " ";
    },
    ontext(data) {
      if (hidden > 0) return;
      const words = data.replace(/[ \t\r\n\f]+/g, " ");
      line += line === "" || line.endsWith(" ") ? words.trimStart() : words;
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
