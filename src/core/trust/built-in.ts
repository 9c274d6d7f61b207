import type { TrustAnchor } from "./path.ts";

/** The mail roots that come with Thunderbird. */
export function builtInAnchors(): Promise<readonly TrustAnchor[]> {
  return Promise.resolve([]);
}
