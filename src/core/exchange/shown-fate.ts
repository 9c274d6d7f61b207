import { strengthOf, type Plan, type ProtectionChoice } from "./plan.ts";

/** What a compose window's button has said, so that Send can keep to it. Plain values. */
export interface ShownFate {
  /** What the user had chosen then: what comes of another choice is no surprise to them. */
  readonly choice: ProtectionChoice;
  readonly strength: number;
  /** What it said before, in case nobody can have seen yet that it says less now. */
  readonly before: number;
  /** Since when it says so, in milliseconds of the clock. */
  readonly since: number;
}

/** Shorter than this nobody has read it. */
const READ_MILLISECONDS = 1500;

/** What there is to say of a draft at one moment. */
export interface Fate {
  readonly choice: ProtectionChoice;
  readonly plan: Pick<Plan, "kind">;
}

/** A look at the draft that was under way when the user chose something else does no harm. */
export function showFate(last: ShownFate | null, { choice, plan }: Fate, now: Date): ShownFate {
  const strength = strengthOf(plan);
  if (last?.choice !== choice) return { choice, strength, before: strength, since: now.getTime() };
  if (last.strength === strength) return last;
  return { choice, strength, before: promised(last, now), since: now.getTime() };
}

/** Whether the message would now leave with less than its window has promised. */
export function isWeakerThanShown(
  { choice, plan }: Fate,
  shown: ShownFate | null,
  now: Date,
): boolean {
  return shown?.choice === choice && strengthOf(plan) < promised(shown, now);
}

function promised({ strength, before, since }: ShownFate, now: Date): number {
  return now.getTime() - since < READ_MILLISECONDS ? Math.max(strength, before) : strength;
}
