import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "./page.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What every page must hold: WCAG 2.2 to level AA, and what axe-core calls best practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Finding {
  readonly rule: string;
  readonly help: string;
  readonly places: readonly string[];
}

/**
 * Looks at a page as it stands: in the light and in the dark theme, a picture of each and what
 * axe-core finds wrong, and a picture in high contrast.
 * @param name the pictures' name, without ending
 */
export async function inspect(page: Page, name: string): Promise<void> {
  const found: Record<string, readonly Finding[]> = {};
  try {
    for (const theme of ["light", "dark"] as const) {
      await page.setTheme(theme);
      await page.screenshot(`${name}-${theme}`);
      found[theme] = await findings(page);
    }
    await page.setTheme("contrast");
    await page.screenshot(`${name}-contrast`);
  } finally {
    await page.setTheme("none");
  }
  assert.deepEqual(found, { light: [], dark: [] }, `what axe-core finds in ${name}`);
}

/** Runs axe-core beside the page's own scripts, with their rights: a page's policy lets no other script in. */
async function findings(page: Page): Promise<readonly Finding[]> {
  const answer = await page.evaluate(runAxe, axe, TAGS);
  return JSON.parse(answer) as Finding[];
}

/** Shadow roots are closed to the page, but not to this. */
async function runAxe(source: string, tags: string[]): Promise<string> {
  const { Cu } = globalThis as unknown as {
    Cu: {
      Sandbox: new (principal: unknown, options: unknown) => Record<string, unknown>;
      evalInSandbox: (source: string, sandbox: unknown) => unknown;
      nukeSandbox: (sandbox: unknown) => void;
    };
  };
  const sandbox = new Cu.Sandbox(window, { sandboxPrototype: window, wantXrays: false });
  try {
    Cu.evalInSandbox(source, sandbox);
    const run = `axe.run(document, { runOnly: ${JSON.stringify(tags)}, resultTypes: ["violations"] })
      .then(({ violations }) => JSON.stringify(violations.map(({ id, help, nodes }) =>
        ({ rule: id, help, places: nodes.map(({ html, failureSummary }) => html + " " + failureSummary) }))))`;
    return (await Cu.evalInSandbox(run, sandbox)) as string;
  } finally {
    Cu.nukeSandbox(sandbox);
  }
}
