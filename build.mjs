/**
 * Builds both packages of the add-on. From one source and `manifest.json`, `builds/NAME.json` laid
 * over it, come the unpacked `dist/NAME` and `dist/smime-exchange-NAME-VERSION.xpi`, octet for octet
 * the same on every machine; in a repository also the archive of sources for reviewers. And
 * `dist/smime.mjs`, the command line. `--out DIR` builds elsewhere; `--watch [NAME]` rebuilds the
 * folder of one build on change.
 */
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { bundleCommandLine } from "./scripts/bundle-cli.mjs";
import { pack } from "./scripts/pack.mjs";
import { sourceArchive } from "./scripts/source-archive.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const [flag, argument] = process.argv.slice(2);
const dist = flag === "--out" ? resolve(argument ?? "") : join(root, "dist");

/** What a build has that the other has not. `imports` in package.json chooses the code. */
const builds = {
  integrated: [["src/thunderbird/experiment", "experiment"]],
  standard: [],
};

const pages = (await readdir(join(root, "src/pages"), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && entry.name !== "components")
  .map((entry) => entry.name);

/** The scripts of a build: modules for the background and the pages, classic ones for messages. */
function bundles(name, outdir) {
  const shared = {
    absWorkingDir: root,
    bundle: true,
    conditions: [name],
    target: "firefox140",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
    outdir,
    // A linked node_modules must not change what is written.
    preserveSymlinks: true,
  };
  return [
    {
      ...shared,
      format: "esm",
      entryPoints: [
        { in: "src/background/main.ts", out: "background/main" },
        ...pages.map((page) => ({ in: `src/pages/${page}/main.tsx`, out: `pages/${page}/main` })),
      ],
    },
    {
      ...shared,
      format: "iife",
      loader: { ".css": "text" },
      entryPoints: ["message-display", "compose-editor"].map((script) => ({
        in: `src/${script}/main.ts`,
        out: `${script}/main`,
      })),
    },
  ];
}

async function copyStatic(name, out) {
  const copies = [
    ["LICENSE", "LICENSE"],
    ["THIRD-PARTY-NOTICES.txt", "THIRD-PARTY-NOTICES.txt"],
    ["_locales", "_locales"],
    ["icons", "icons"],
    ["src/pages/styles.css", "pages/styles.css"],
    ...pages.map((page) => [`src/pages/${page}/index.html`, `pages/${page}/index.html`]),
    ...builds[name],
  ];
  for (const [from, to] of copies) {
    await mkdir(dirname(join(out, to)), { recursive: true });
    await cp(join(root, from), join(out, to), { recursive: true });
  }
  const manifest = merged(await json("manifest.json"), await json(`builds/${name}.json`));
  await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function json(path) {
  return JSON.parse(await readFile(join(root, path), "utf8"));
}

/** Objects are merged and lists joined; of anything else the overlay's counts. */
function merged(base, overlay) {
  if (Array.isArray(base)) return [...base, ...overlay].sort();
  if (typeof base !== "object" || base === null) return overlay;
  const result = { ...base };
  for (const [key, value] of Object.entries(overlay)) {
    result[key] = key in base ? merged(base[key], value) : value;
  }
  return result;
}

/** Builds beside and then takes the place: a Thunderbird may be running from what was there. */
async function build(name) {
  const fresh = join(dist, `.${name}-${process.pid}`);
  await rm(fresh, { recursive: true, force: true });
  try {
    const [{ version }] = await Promise.all([
      copyStatic(name, fresh),
      ...bundles(name, fresh).map((options) => esbuild.build(options)),
    ]);
    const xpi = join(dist, `smime-exchange-${name}-${version}.xpi`);
    await writeFile(`${fresh}.xpi`, await pack(fresh));
    await rename(`${fresh}.xpi`, xpi);
    await rm(join(dist, name), { recursive: true, force: true });
    await rename(fresh, join(dist, name));
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function watchSources(name) {
  const out = join(dist, name);
  await rm(out, { recursive: true, force: true });
  for (const options of bundles(name, out)) await (await esbuild.context(options)).watch();
  await copyStatic(name, out);
  for (const folder of ["_locales", "icons", "src"]) {
    watch(
      join(root, folder),
      { recursive: true },
      () => void copyStatic(name, out).catch(() => {}),
    );
  }
}

async function buildSources() {
  const archive = await sourceArchive(root);
  if (archive === null) return;
  const { version } = await json("manifest.json");
  await mkdir(dist, { recursive: true });
  await writeFile(join(dist, `smime-exchange-source-${version}.zip`), archive);
}

if (flag === "--watch") await watchSources(argument ?? "integrated");
else
  await Promise.all([
    ...Object.keys(builds).map(build),
    bundleCommandLine(join(dist, "smime.mjs")),
    buildSources(),
  ]);
