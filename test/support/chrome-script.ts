import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "chrome");

function read(name: string): string {
  return readFileSync(join(folder, `${name}.js`), "utf8");
}

/** The functions that scripts in Thunderbird's chrome scope may call. */
const chromeLibrary = ["windows", "accounts", "mail", "compose", "addon", "address-book"]
  .map(read)
  .join("\n");

/** The functions that scripts inside a page or a message may call. */
const pageLibrary = read("page");

/** The text of a function as tsx leaves it names its inner functions through this. */
const compilerHelper = "const __name = (value) => value;";

/** A script body for the chrome scope; the library's functions are in its scope. */
export function chromeScript(body: string): string {
  return `${chromeLibrary}\n${body}`;
}

/** A script body that runs an expression over the page library inside a document. */
export function pageScript(expression: string): string {
  return `return (async function () { ${compilerHelper}\n${pageLibrary}\n return ${expression}; }).apply(null, arguments);`;
}
