import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isolated } from "../../src/thunderbird/isolated.ts";

describe("a name in a sentence", () => {
  it("stays as it is where it is written from left to right", () => {
    for (const name of [
      "Alice Lovelace",
      "carla+lists@smime.example",
      "Søren 日本 Ωμέγα",
      "",
      "7",
    ]) {
      assert.equal(isolated(name), name);
    }
  });

  it("takes nothing along where it is written from right to left", () => {
    assert.equal(isolated("עדה"), "\u2068עדה\u2069");
    assert.equal(isolated("Ada عادة"), "\u2068Ada عادة\u2069");
  });

  it("turns nothing around by invisible characters", () => {
    assert.equal(isolated("a\u202Eexe.p12"), "aexe.p12");
    assert.equal(isolated("\u2069עדה\u2067"), "\u2068עדה\u2069");
  });
});
