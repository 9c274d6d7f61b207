import assert from "node:assert/strict";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import type { Certificate } from "../../src/core/trust/certificate.ts";
import { findPath } from "../../src/core/trust/find-path.ts";
import type { PathInput } from "../../src/core/trust/find-path.ts";
import type { PathReason, PathVerdict, TrustAnchor } from "../../src/core/trust/path.ts";
import { createAuthority } from "./pki.ts";
import type { Authority, AuthorityOptions, IdentityOptions, Issued } from "./pki.ts";

/** Chains for tests of path validation, and what they come to. */

export const now = new Date("2026-06-01T12:00:00Z");
export const anchor = (certificate: Certificate): TrustAnchor => ({ certificate, source: "user" });
export const read = (issued: Issued): Promise<Certificate> => parseCertificate(issued.certificate);

// Elliptic curves where the key does not matter: they are made faster.
export const authority = (options: AuthorityOptions = {}): Authority =>
  createAuthority({ keyType: "p256", ...options });
export const alice = { name: "Alice", address: "alice@example.org", keyType: "p256" } as const;

/** The path from `leaf` to `root`, with what else is known in between. */
export async function path(
  leaf: Issued,
  roots: readonly Issued[],
  between: readonly Issued[] = [],
  options: Partial<PathInput> = {},
): Promise<PathVerdict> {
  return findPath(await read(leaf), {
    anchors: (await Promise.all(roots.map(read))).map(anchor),
    intermediates: await Promise.all(between.map(read)),
    at: now,
    use: "sign",
    ...options,
  });
}

export function names(verdict: PathVerdict): (string | null)[] {
  assert.ok(verdict.ok, verdict.ok ? "" : `${verdict.reason} at ${verdict.at.subject.text}`);
  return verdict.path.map(({ subject }) => subject.commonName);
}

export function assertFails(verdict: PathVerdict, reason: PathReason, at: string): void {
  assert.ok(!verdict.ok);
  assert.deepEqual([verdict.reason, verdict.at.subject.commonName], [reason, at]);
}

export const root = authority({ name: "Root" });

/** Alice under an intermediate of these properties, under the root. */
export async function under(
  intermediate: AuthorityOptions,
  leaf: Partial<IdentityOptions> = {},
  options: Partial<PathInput> = {},
): Promise<PathVerdict> {
  const issuer = authority({ name: "Middle", issuer: root, ...intermediate });
  return path(issuer.issue({ ...alice, ...leaf }), [root], [issuer], options);
}
