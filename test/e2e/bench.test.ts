import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readingTimes } from "../bench/measure-reading.ts";

/** That the benchmark measures, not what: other programs share the machine with the tests. */
describe("the benchmark in Thunderbird", () => {
  it("sees the text of each kind of message come to the screen", async () => {
    const [small, ...others] = await readingTimes(["10KB"], { rounds: 1, copies: 1 });
    assert.deepEqual(others, []);
    assert.equal(small?.size, "10KB");
    for (const times of Object.values(small.milliseconds)) {
      assert.equal(times.length, 1);
      assert.ok((times[0] ?? NaN) > 0);
    }
    assert.equal(small.ratio, small.medians.addon / small.medians.own);
    assert.equal(small.difference, small.medians.addon - small.medians.own);
  });
});
