import type { Line } from "./contacts.ts";

/** The two cells of a contact. */
export type Part = "facts" | "action";

export type GridStep =
  | { readonly kind: "go"; readonly index: number; readonly part: Part }
  | { readonly kind: "leave" }
  | { readonly kind: "act" }
  | { readonly kind: "type" };

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What a key does in the grid of contacts; null for nothing. Headings are stepped over. */
export function stepFrom(
  { key, ctrlKey, metaKey, altKey }: Key,
  {
    lines,
    index,
    part,
    rightToLeft,
    pageUp,
    pageDown,
  }: {
    readonly lines: readonly Line[];
    readonly index: number;
    readonly part: Part;
    readonly rightToLeft: boolean;
    /** Lines about a view's height away. */
    readonly pageUp: number;
    readonly pageDown: number;
  },
): GridStep | null {
  if (metaKey || altKey) return null;
  const go = (target: number, to: Part = part): GridStep => ({
    kind: "go",
    index: target,
    part: to,
  });
  const nearest = (from: number, step: 1 | -1) => {
    for (let at = from; at >= 0 && at < lines.length; at += step) {
      if (lines[at]?.kind === "contact") return at;
    }
    return -1;
  };
  const reach = (from: number, step: 1 | -1) => {
    const begin = Math.min(Math.max(from, 0), lines.length - 1);
    const found = nearest(begin, step);
    return found >= 0 ? found : nearest(begin, step === 1 ? -1 : 1);
  };
  switch (key) {
    case "ArrowDown": {
      const next = nearest(index + 1, 1);
      return next < 0 ? go(index) : go(next);
    }
    case "ArrowUp": {
      const previous = nearest(index - 1, -1);
      return previous < 0 ? { kind: "leave" } : go(previous);
    }
    case "Home":
      return go(reach(0, 1));
    case "End":
      return go(reach(lines.length - 1, -1));
    case "PageUp":
      return go(reach(Math.min(pageUp, index - 1), 1));
    case "PageDown":
      return go(reach(Math.max(pageDown, index + 1), -1));
    case "ArrowLeft":
      return go(index, rightToLeft ? "action" : "facts");
    case "ArrowRight":
      return go(index, rightToLeft ? "facts" : "action");
    case "Enter":
      // A button has its own.
      return part === "facts" ? { kind: "act" } : null;
    default:
      return /^.$/u.test(key) && !ctrlKey && (key !== " " || part === "facts")
        ? { kind: "type" }
        : null;
  }
}
