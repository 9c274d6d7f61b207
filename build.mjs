/** Builds the add-on into dist/addon and packs it; `--watch` rebuilds on change. */
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const out = join(root, "dist", "addon");

const pages = (await readdir(join(root, "src/pages"), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && entry.name !== "components")
  .map((entry) => entry.name);

const shared = {
  absWorkingDir: root,
  bundle: true,
  target: "firefox140",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
};

const scripts = {
  ...shared,
  format: "esm",
  entryPoints: [
    { in: "src/background/main.ts", out: "background/main" },
    ...pages.map((page) => ({ in: `src/pages/${page}/main.tsx`, out: `pages/${page}/main` })),
  ],
  outdir: out,
};

/** Content scripts are classic scripts. */
const displayScript = {
  ...shared,
  format: "iife",
  loader: { ".css": "text" },
  entryPoints: [{ in: "src/message-display/main.ts", out: "message-display/main" }],
  outdir: out,
};

async function copyStatic() {
  const copies = [
    ["manifest.json", "manifest.json"],
    ["LICENSE", "LICENSE"],
    ["_locales", "_locales"],
    ["icons", "icons"],
    ["src/thunderbird/experiment", "experiment"],
    ["src/pages/styles.css", "pages/styles.css"],
    ...pages.map((page) => [`src/pages/${page}/index.html`, `pages/${page}/index.html`]),
  ];
  for (const [from, to] of copies) {
    await mkdir(dirname(join(out, to)), { recursive: true });
    await cp(join(root, from), join(out, to), { recursive: true });
  }
}

await rm(out, { recursive: true, force: true });
if (process.argv.includes("--watch")) {
  for (const options of [scripts, displayScript]) {
    await (await esbuild.context(options)).watch();
  }
  await copyStatic();
  for (const folder of ["_locales", "icons", "src"]) {
    watch(join(root, folder), { recursive: true }, () => void copyStatic().catch(() => {}));
  }
} else {
  await Promise.all([esbuild.build(scripts), esbuild.build(displayScript), copyStatic()]);
}
