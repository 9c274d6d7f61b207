import { fileURLToPath } from "node:url";

/** The build under test: `SMIME_BUILD`, else the integrated one. */
export const BUILD = process.env["SMIME_BUILD"] === "standard" ? "standard" : "integrated";

/** Where a build lies unpacked. */
export function unpacked(build: "integrated" | "standard"): string {
  return fileURLToPath(new URL(`../../dist/${build}`, import.meta.url));
}

export const ADDON = unpacked(BUILD);
