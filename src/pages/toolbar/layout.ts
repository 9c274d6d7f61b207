/** Where the lines of a long list are, of which only those in view are drawn. Lengths in pixels. */
export interface Layout {
  /** Of each line, and of the end. */
  readonly tops: Float64Array;
}

/** @param heightOf a line's height as measured, or as good as can be guessed */
export function layOut(count: number, heightOf: (index: number) => number): Layout {
  const tops = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) {
    tops[index + 1] = (tops[index] ?? 0) + heightOf(index);
  }
  return { tops };
}

export function topOf({ tops }: Layout, index: number): number {
  return tops[Math.min(Math.max(index, 0), tops.length - 1)] ?? 0;
}

/** The line at a height: the last one that begins there or before. */
export function lineAt({ tops }: Layout, height: number): number {
  let low = 0;
  let high = Math.max(tops.length - 2, 0);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= height) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The lines that can be seen, `from` to `to` (exclusive), with a few around them. */
export function inView(
  layout: Layout,
  view: { readonly top: number; readonly height: number },
  around: number,
): { readonly from: number; readonly to: number } {
  const count = layout.tops.length - 1;
  return {
    from: Math.max(lineAt(layout, view.top) - around, 0),
    to: Math.min(lineAt(layout, view.top + view.height) + 1 + around, count),
  };
}

/** How far to scroll so that the lines `from` to `to` (exclusive) are in view, moving as little as possible. */
export function scrolledTo(
  layout: Layout,
  view: { readonly top: number; readonly height: number },
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const [begin, end] = [topOf(layout, from), topOf(layout, to)];
  if (begin < view.top || end - begin > view.height) return begin;
  return end > view.top + view.height ? end - view.height : view.top;
}
