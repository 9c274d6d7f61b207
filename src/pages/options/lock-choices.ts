const usual = [5, 15, 30, 60, 240];

/**
 * Minutes to choose from, shortest first; 0, only at exit, comes last. A value that was set
 * elsewhere is among them, so that looking at the settings never changes them.
 */
export function lockChoices(current: number): number[] {
  const minutes = new Set(current > 0 ? [...usual, current] : usual);
  return [...[...minutes].sort((a, b) => a - b), 0];
}
