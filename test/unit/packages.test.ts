import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { unzipSync } from "fflate";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "packages-"));
const manifest = JSON.parse(readFileSync(join(root, "manifest.json"), "utf8")) as Manifest;
const names = (["integrated", "standard"] as const).map(
  (build) => `smime-exchange-${build}-${manifest.version}.xpi`,
);

interface Manifest {
  readonly version: string;
  readonly browser_specific_settings: { readonly gecko: { readonly id: string } };
  readonly icons: Readonly<Record<string, string>>;
  readonly permissions: readonly string[];
  readonly experiment_apis?: object;
}

interface Finding {
  readonly code: string;
  readonly file?: string;
  readonly message: string;
}

function build(from: string, out: string, environment: Record<string, string> = {}): void {
  execFileSync(process.execPath, ["build.mjs", "--out", out], {
    cwd: from,
    env: { ...process.env, ...environment },
  });
}

function unpack(archive: Uint8Array, into: string): void {
  for (const [name, content] of Object.entries(unzipSync(archive))) {
    mkdirSync(dirname(join(into, name)), { recursive: true });
    writeFileSync(join(into, name), content);
  }
}

const built = (name: string, out = "first") => readFileSync(join(folder, out, name));
const manifestOf = (name: string) =>
  JSON.parse(Buffer.from(unzipSync(built(name))["manifest.json"] ?? []).toString()) as Manifest;

describe("the packages", () => {
  before(() => {
    build(root, join(folder, "first"));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("are the same octets whenever and wherever they are built", () => {
    build(root, join(folder, "second"), { TZ: "Pacific/Auckland", LANG: "de_DE.UTF-8" });
    for (const name of names) assert.ok(built(name).equals(built(name, "second")), name);
  });

  it("can be rebuilt by reviewers from the archive of sources, to the octet", () => {
    const sources = join(folder, "sources");
    unpack(built(`smime-exchange-source-${manifest.version}.zip`), sources);
    symlinkSync(join(root, "node_modules"), join(sources, "node_modules"));
    build(sources, join(folder, "rebuilt"));
    for (const name of names) assert.ok(built(name).equals(built(name, "rebuilt")), name);
  });

  it("are one add-on, and differ in the Experiment", () => {
    const [integrated, standard] = names.map(manifestOf);
    const id = manifest.browser_specific_settings.gecko.id;
    assert.equal(integrated?.browser_specific_settings.gecko.id, id);
    assert.equal(standard?.browser_specific_settings.gecko.id, id);
    assert.ok(integrated.experiment_apis);
    assert.equal(standard.experiment_apis, undefined);
    const [, files] = names.map((name) => Object.keys(unzipSync(built(name))));
    assert.deepEqual(
      files?.filter((file) => file.startsWith("experiment")),
      [],
    );
    const background = Buffer.from(unzipSync(built(names[1] ?? ""))["background/main.js"] ?? []);
    assert.ok(!background.includes("smimeBridge"), "nothing of the bridge is left in the code");
  });

  it("have icons of the sizes that they name", () => {
    for (const [size, path] of Object.entries(manifest.icons)) {
      const png = readFileSync(join(root, path));
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [Number(size), Number(size)]);
    }
    assert.deepEqual(Object.keys(manifest.icons), ["16", "32", "48", "64", "96", "128"]);
  });

  it("carry the notices of what the lock file brings in", async () => {
    const script = join(root, "scripts/notices.mjs");
    const { notices } = (await import(script)) as { notices: () => string };
    const written = readFileSync(join(root, "THIRD-PARTY-NOTICES.txt"), "utf8");
    assert.equal(written, notices(), "npm run notices");
    for (const name of names) {
      const { "THIRD-PARTY-NOTICES.txt": carried } = unzipSync(built(name));
      assert.equal(Buffer.from(carried ?? []).toString(), written);
    }
  });

  it("explain in the page for the directory each permission that they ask for", () => {
    const listing = readFileSync(join(root, "docs/listing.md"), "utf8");
    const asked = new Set(names.flatMap((name) => manifestOf(name).permissions));
    for (const permission of asked) assert.match(listing, new RegExp(`\`${permission}\``));
  });

  it("are told about in the change log", () => {
    const log = readFileSync(join(root, "CHANGELOG.md"), "utf8");
    assert.match(log, new RegExp(`^## ${manifest.version.replaceAll(".", "\\.")}$`, "m"));
  });

  describe("have nothing for web-ext lint to say but", () => {
    /** The linter knows Firefox, not Thunderbird: these permissions are Thunderbird's own. */
    const THUNDERBIRD_ONLY =
      /^\/(?:optional_)?permissions: Invalid (?:optional_)?permissions "(?:accountsFolders|accountsRead|addressBooks|compose(?:\.send)?|messages(?:Delete|Import|Modify|Read))" at \d+\.$/;
    /**
     * Preact writes `dangerouslySetInnerHTML`, which no page of the add-on uses, and DOMPurify parses
     * in a document that is never shown. The script in the compose window inserts what DOMPurify has
     * cleaned in the background.
     */
    const OF_CLEANED_HTML = /^(?:pages\/\w+|message-display|background|compose-editor)\/main\.js$/;

    /** It takes a Thunderbird for a Firefox of that version, and looks what Firefox for Android knew. */
    const OF_ANDROID = "KEY_FIREFOX_ANDROID_UNSUPPORTED_BY_MIN_VERSION";

    const isExpected = ({ code, file = "", message }: Finding) =>
      code === OF_ANDROID ||
      (/^MANIFEST_(?:OPTIONAL_)?PERMISSIONS$/.test(code) && THUNDERBIRD_ONLY.test(message)) ||
      (code === "UNSAFE_VAR_ASSIGNMENT" && OF_CLEANED_HTML.test(file));

    function lint(build: string): { errors: Finding[]; warnings: Finding[]; notices: Finding[] } {
      // It ends with an exit code when it has found an error.
      const { stdout } = spawnSync(
        process.execPath,
        [
          ...["node_modules/web-ext/bin/web-ext.js", "lint", "--no-config-discovery"],
          ...["--self-hosted", "--output", "json", "--source-dir", join(folder, "first", build)],
        ],
        { cwd: root, encoding: "utf8", env: { ...process.env, NO_UPDATE_NOTIFIER: "1" } },
      );
      return JSON.parse(stdout) as ReturnType<typeof lint>;
    }

    it("what Thunderbird's own permissions and cleaned HTML cause (standard)", () => {
      const { errors, warnings, notices } = lint("standard");
      assert.deepEqual([errors, notices], [[], []]);
      assert.deepEqual(
        warnings.filter((finding) => !isExpected(finding)),
        [],
      );
    });

    it("that, and that Firefox would allow no Experiment (integrated)", () => {
      const { errors, warnings, notices } = lint("integrated");
      assert.deepEqual(
        errors.map(({ code, message }) => [code, message]),
        [
          [
            "MANIFEST_FIELD_PRIVILEGED",
            "/experiment_apis: privileged manifest fields are only allowed in privileged extensions.",
          ],
        ],
      );
      assert.deepEqual(notices, []);
      assert.deepEqual(
        warnings.filter((finding) => !isExpected(finding)),
        [],
      );
    });
  });
});
