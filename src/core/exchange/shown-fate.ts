import { strengthOf, type Plan } from "./plan.ts";

/** What a compose window's button has said, so that Send can keep to it. Plain values. */
export interface ShownFate {
  readonly strength: number;
  /** What it said before, in case nobody can have seen yet that it says less now. */
  readonly before: number;
  /** Since when it says so, in milliseconds of the clock. */
  readonly since: number;
}

/** Shorter than this nobody has read it. */
const READ_MILLISECONDS = 1500;

export function showFate(last: ShownFate | null, plan: Pick<Plan, "kind">, now: Date): ShownFate {
  const strength = strengthOf(plan);
  if (last?.strength === strength) return last;
  return { strength, before: last === null ? strength : promised(last, now), since: now.getTime() };
}

/** Whether the message would now leave with less than its window has promised. */
export function isWeakerThanShown(
  plan: Pick<Plan, "kind">,
  shown: ShownFate | null,
  now: Date,
): boolean {
  return shown !== null && strengthOf(plan) < promised(shown, now);
}

function promised({ strength, before, since }: ShownFate, now: Date): number {
  return now.getTime() - since < READ_MILLISECONDS ? Math.max(strength, before) : strength;
}
