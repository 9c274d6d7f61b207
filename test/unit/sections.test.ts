import assert from "node:assert/strict";
import { it } from "node:test";
import { sectionOf, sections } from "../../src/pages/options/sections.ts";

it("an address leads to its category of the options page, and any other to the first", () => {
  for (const section of sections) assert.equal(sectionOf(`#${section}`), section);
  for (const other of ["", "#", "#issuers", "#Trust", "#toString"]) {
    assert.equal(sectionOf(other), "certificates", other);
  }
});
