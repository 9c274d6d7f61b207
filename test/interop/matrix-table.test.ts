import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { it } from "node:test";
import { withTables } from "./matrix/table.ts";

it("the README shows what was measured with the other programs", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  assert.equal(readme, await withTables(readme), "npm run interop-table writes it");
});
