import type { OwnKeyView } from "../../core/protocol.ts";

/**
 * The fingerprints of the certificates that ask whether to trust their issuer: for each issuer the
 * first one. A key file often holds two certificates of one issuer.
 */
export function trustQuestions(keys: readonly OwnKeyView[]): ReadonlySet<string> {
  const first = new Map<string, string>();
  for (const { fingerprint, issuer, trust } of keys) {
    if (trust.ok) continue;
    const asked = trust.issuer?.fingerprint ?? issuer;
    if (!first.has(asked)) first.set(asked, fingerprint);
  }
  return new Set(first.values());
}
