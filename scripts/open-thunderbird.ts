import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startMailServer } from "../test/support/mail-server.ts";
import { ended, Resources, waitFor } from "../test/support/resources.ts";
import { startThunderbird, thunderbirdBinary } from "../test/support/thunderbird.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const vectors = join(root, "test", "vectors", "rfc9216");
const addon = join(root, "dist", "integrated");

const accounts = [
  { name: "Alice Lovelace", address: "alice@smime.example" },
  { name: "Bob Babbage", address: "bob@smime.example" },
];
/** The name under which each is handed out. */
const keyFiles = {
  "alice.p12": "alice.p12",
  "bob.p12": "bob.p12",
  "example-ca.pem": "3.1_RSA-Certification-Authority-Root-Certificate.certificate.pem",
};

function say(text: string): void {
  console.log(`• ${text}`);
}

/** @returns the exit code, when Thunderbird has been closed */
export async function openThunderbird(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { profile: { type: "string" }, marionette: { type: "string" } },
  });
  const resources = new Resources();
  try {
    const own = values.profile;
    if (own !== undefined && !existsSync(own)) {
      console.error(`There is no profile folder ${own}`);
      return 1;
    }
    const profile = own === undefined ? await throwAwayProfile(resources) : resolve(own);
    await watchSources(resources);
    say("opening Thunderbird; Ctrl-C ends everything, and so does closing it");
    return await runWebExt(resources, profile, values.marionette);
  } finally {
    await resources.release();
  }
}

/** A profile with Alice's and Bob's accounts, and their key files in a folder beside it. */
async function throwAwayProfile(resources: Resources): Promise<string> {
  say("starting the mail server");
  const mailServer = await startMailServer();
  resources.closeLater(() => mailServer.stop());

  say("making a profile with two accounts");
  const thunderbird = await startThunderbird({
    profileName: "start",
    mailServer,
    accounts,
    attended: true,
  });
  resources.closeLater(() => thunderbird.stop());
  await thunderbird.quit();

  const keys = join(dirname(thunderbird.profile), "keys");
  mkdirSync(keys);
  for (const [name, source] of Object.entries(keyFiles)) {
    copyFileSync(join(vectors, source), join(keys, name));
  }
  say(`accounts: ${accounts.map(({ address }) => address).join(", ")}`);
  say(`key files: ${keys}/alice.p12 (password: alice), ${keys}/bob.p12 (password: bob)`);
  say(`their certification authority: ${keys}/example-ca.pem`);
  return thunderbird.profile;
}

/** Rebuilds the add-on whenever a source changes; web-ext then loads it again. */
async function watchSources(resources: Resources): Promise<void> {
  const started = Date.now();
  resources.spawn(process.execPath, [join(root, "build.mjs"), "--watch"], { stdio: "inherit" });
  const outputs = ["manifest.json", "background/main.js", "message-display/main.js"];
  const written = (name: string): boolean => {
    const stat = statSync(join(addon, name), { throwIfNoEntry: false });
    return stat !== undefined && stat.mtimeMs >= started;
  };
  await waitFor("the first build", () => outputs.every(written), { milliseconds: 60_000 });
}

async function runWebExt(
  resources: Resources,
  profile: string,
  marionettePort: string | undefined,
): Promise<number> {
  const remote =
    marionettePort === undefined
      ? []
      : [
          "--arg=--marionette",
          "--arg=--remote-allow-system-access",
          `--pref=marionette.port=${marionettePort}`,
        ];
  const webExt = resources.spawn(
    process.execPath,
    [
      join(root, "node_modules", "web-ext", "bin", "web-ext.js"),
      ...["run", "--source-dir", addon, "--firefox", thunderbirdBinary(), "--no-input"],
      ...["--no-config-discovery", "--keep-profile-changes", "--firefox-profile", profile],
      ...remote,
    ],
    {
      // Thunderbird leaves files of its own in the temporary folder.
      env: { ...process.env, NO_UPDATE_NOTIFIER: "1", TMPDIR: resources.folder("smime-web-ext") },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  await ended(webExt, Infinity);
  return webExt.exitCode ?? 1;
}
