/** `npm run interop-table`: writes what the interoperability tests hold into the README. */
import { readFile, writeFile } from "node:fs/promises";
import { withTables } from "../test/interop/matrix/table.ts";

const readme = new URL("../README.md", import.meta.url);
await writeFile(readme, await withTables(await readFile(readme, "utf8")));
