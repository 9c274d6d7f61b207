/**
 * `npm test`: everything. `npm test -- lint`, `unit`, `e2e` or several of them: only that.
 * `npm run test:matrix`: all stories in the newest and the oldest Thunderbird, with both builds.
 * `npm run test:matrix -- sending reading`: only the files with one of these words in their names.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { prepareOlderThunderbird } from "./older-thunderbird.mjs";
import { giveUp, prepareDebianPackages, prepareNodeModules, root, run, say } from "./prepare.mjs";

const PARTS = ["lint", "unit", "e2e"];
/** In milliseconds. */
const UNIT_TIMEOUT = 300_000;
const E2E_TIMEOUT = 600_000;
/** What `npm test` runs with the standard build, beside the stories that are only about that one. */
const ON_BOTH_BUILDS = ["conversation.test.ts", "fidelity.test.ts"];
/** About the bridge, which the standard build has not, or the place where only that shows messages. */
const INTEGRATED_ONLY = [
  ...["answering.test.ts", "bench.test.ts", "bridge.test.ts", "crowd.test.ts", "drafts.test.ts"],
  ...["faults.test.ts", "reading.test.ts", "secrets.test.ts", "sending.test.ts"],
];
/**
 * About Thunderbird itself, in the language that is installed for its newest version, or what that
 * one's own S/MIME reads: no matter of the build.
 */
const NEWEST_ONLY = ["house.test.ts", "languages.test.ts", "matrix-thunderbird.test.ts"];

/** They measure time, kill what runs, or build the add-on anew: nothing may go on beside them. */
const ALONE = [
  ...["bench.test.ts", "crowd.test.ts", "faults.test.ts", "find.test.ts"],
  ...["packages.standard.test.ts", "start.test.ts"],
  ...["bombs.test.ts", "ciphers.test.ts", "large-attachments.test.ts", "mime-parts.test.ts"],
  ...["path.test.ts", "path-names.test.ts", "path-policies.test.ts", "path-search.test.ts"],
  ...["pkcs12.test.ts", "revocation-crl.test.ts", "smime-large.test.ts"],
];

const asked = process.argv.slice(2);
const isMatrix = asked[0] === "matrix";
/** Of the files in the matrix. */
const words = isMatrix ? asked.slice(1) : [];
const parts = isMatrix ? ["matrix"] : asked.length > 0 ? asked : PARTS;
const unknown = isMatrix ? [] : asked.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) giveUp(`unknown: ${unknown.join(" ")}; there are ${PARTS.join(", ")}`);
const strange = words.filter((word) => !testFiles("test/e2e").some((file) => hasWord(file, word)));
if (strange.length > 0) giveUp(`no file in test/e2e has ${strange.join(" or ")} in its name`);

const failures = [];
const count = { passed: 0, failed: 0 };

prepareNodeModules();
if (["unit", "e2e", "matrix"].some((part) => parts.includes(part))) prepareDebianPackages();

if (parts.includes("lint")) {
  step("checking types", "node_modules/typescript/bin/tsc", ["-p", "."]);
  step("linting", "node_modules/eslint/bin/eslint.js", ["."]);
  step("checking the format", "node_modules/prettier/bin/prettier.cjs", ["--check", "."]);
}
if (parts.includes("unit")) {
  const files = ["unit", "interop", "property"].flatMap((folder) => testFiles(`test/${folder}`));
  testInGroups("unit, interoperability and property tests", files, UNIT_TIMEOUT);
}
if (parts.includes("e2e") && step("building the add-on", "build.mjs", [])) {
  e2e("integrated", (file) => !isStandard(file));
  e2e("standard", (file) => isStandard(file) || isNamed(ON_BOTH_BUILDS, file));
}
if (parts.includes("matrix") && step("building the add-on", "build.mjs", [])) {
  for (const thunderbird of [undefined, prepareOlderThunderbird()]) {
    const other = thunderbird === undefined ? [] : NEWEST_ONLY;
    e2e("integrated", (file) => !isStandard(file) && !isNamed(other, file), thunderbird);
    e2e("standard", (file) => !isNamed([...INTEGRATED_ONLY, ...NEWEST_ONLY], file), thunderbird);
  }
}

if (failures.length > 0) console.log(`not passed: ${failures.join(", ")}`);
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(failures.length === 0 ? 0 : 1);

function hasWord(file, word) {
  return basename(file, ".test.ts").includes(word);
}

function isStandard(file) {
  return file.endsWith(".standard.test.ts");
}

function isNamed(names, file) {
  return names.some((name) => file.endsWith(`/${name}`));
}

/** @param {string} [thunderbird] another program than the installed one */
function e2e(build, isMeant, thunderbird) {
  const env = {
    ...process.env,
    SMIME_BUILD: build,
    ...(thunderbird === undefined ? {} : { THUNDERBIRD: thunderbird }),
  };
  const where = thunderbird === undefined ? "" : " of version 140";
  const name = `tests in Thunderbird${where}, ${build} build`;
  const files = testFiles("test/e2e")
    .filter(isMeant)
    .filter((file) => words.length === 0 || words.some((word) => hasWord(file, word)));
  testInGroups(name, files, E2E_TIMEOUT, env);
}

/** @param {number} timeout in milliseconds, for one test with all that it starts */
function testInGroups(name, files, timeout, env = process.env) {
  const isAlone = (file) => isNamed(ALONE, file);
  const groups = [
    ["two at once", files.filter((file) => !isAlone(file)), 2],
    ["one by one", files.filter(isAlone), 1],
  ];
  for (const [how, group, concurrency] of groups) {
    if (group.length === 0 && words.length > 0) continue;
    const args = [`--test-concurrency=${concurrency}`, `--test-timeout=${timeout}`];
    test(`${name}, ${how}`, group, args, env);
  }
}

/** @returns whether it succeeded */
function step(name, script, args) {
  say(name);
  const succeeded = run(process.execPath, [script, ...args]) === 0;
  if (!succeeded) failures.push(name);
  return succeeded;
}

/** Node 20 expands no patterns after --test. */
function testFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}

function test(name, files, args, env) {
  if (files.length === 0) {
    failures.push(`${name}: there are none`);
    return;
  }
  say(name);
  const folder = mkdtempSync(join(tmpdir(), "smime-test-"));
  try {
    const tap = join(folder, "tap");
    const reporters = ["spec", "stdout", "tap", tap].map((value, index) =>
      index % 2 === 0 ? `--test-reporter=${value}` : `--test-reporter-destination=${value}`,
    );
    const all = ["--import", "tsx", "--test", ...args, ...reporters, ...files];
    if (run(process.execPath, all, { env }) !== 0) failures.push(name);
    const summary = readFileSync(tap, "utf8");
    count.passed += counted(summary, "pass");
    count.failed += counted(summary, "fail") + counted(summary, "cancelled");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The last "# pass 12" and the like. */
function counted(summary, word) {
  const matches = [...summary.matchAll(new RegExp(`^# ${word} (\\d+)$`, "gm"))];
  return Number(matches.at(-1)?.[1] ?? 0);
}
