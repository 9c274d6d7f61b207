import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Plan, ProtectionChoice } from "../../src/core/exchange/plan.ts";
import { isWeakerThanShown, showFate, type ShownFate } from "../../src/core/exchange/shown-fate.ts";

const start = Date.parse("2026-11-20T12:00:00Z");
const at = (seconds: number) => new Date(start + seconds * 1000);
const plan = (kind: Plan["kind"], choice: ProtectionChoice = "automatic") => ({
  choice,
  plan: { kind },
});

/** What the window said, each with the second since when. */
function shown(...said: readonly (readonly [kind: Plan["kind"], seconds: number])[]) {
  return said.reduce<ShownFate | null>(
    (last, [kind, seconds]) => showFate(last, plan(kind), at(seconds)),
    null,
  );
}

describe("what a compose window has promised", () => {
  it("is nothing before it has said anything", () => {
    assert.equal(isWeakerThanShown(plan("unprotected"), null, at(0)), false);
  });

  it("is kept to by as much or more", () => {
    const signed = shown(["signed", 0]);
    assert.equal(isWeakerThanShown(plan("signed"), signed, at(5)), false);
    assert.equal(isWeakerThanShown(plan("encrypted"), signed, at(5)), false);
  });

  it("is broken by less, also where it said that nothing would be sent", () => {
    assert.equal(isWeakerThanShown(plan("signed"), shown(["encrypted", 0]), at(5)), true);
    assert.equal(isWeakerThanShown(plan("unprotected"), shown(["signed", 0]), at(5)), true);
    assert.equal(isWeakerThanShown(plan("signed"), shown(["blocked", 0]), at(5)), true);
  });

  it("still holds for the moment in which nobody can have read what it says now", () => {
    const changed = shown(["encrypted", 0], ["signed", 10]);
    assert.equal(isWeakerThanShown(plan("signed"), changed, at(11)), true);
    assert.equal(isWeakerThanShown(plan("signed"), changed, at(12)), false);
  });

  it("is not forgotten through steps in quick succession, nor renewed by repeating", () => {
    const steps = shown(["encrypted", 0], ["signed", 10], ["unprotected", 10.5]);
    assert.equal(isWeakerThanShown(plan("unprotected"), steps, at(11)), true);
    const repeated = shown(["encrypted", 0], ["signed", 10], ["signed", 11], ["signed", 12]);
    assert.equal(isWeakerThanShown(plan("signed"), repeated, at(12)), false);
  });

  it("is not what came of another choice, in whatever order the looks at the draft end", () => {
    const encrypted = showFate(null, plan("encrypted", "encrypted"), at(0));
    const signed = showFate(encrypted, plan("signed", "signed"), at(5));
    assert.equal(isWeakerThanShown(plan("signed", "signed"), signed, at(5)), false);
    // A look that began before the choice tells what it saw after it.
    const late = showFate(signed, plan("encrypted", "encrypted"), at(5.1));
    assert.equal(isWeakerThanShown(plan("signed", "signed"), late, at(5.2)), false);
    const after = showFate(late, plan("signed", "signed"), at(6));
    assert.equal(isWeakerThanShown(plan("signed", "signed"), after, at(6.1)), false);
    assert.equal(isWeakerThanShown(plan("unprotected", "signed"), after, at(6.1)), true);
  });
});
