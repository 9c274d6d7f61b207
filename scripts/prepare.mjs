/**
 * Brings in what `npm start` and `npm test` need and this machine lacks. Runs before node_modules
 * is there, so it imports nothing from it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** A program, or the file of a Debian package that is in no search path → the package. */
const DEBIAN_PACKAGES = {
  thunderbird: "thunderbird",
  "/usr/lib/thunderbird/extensions/langpack-de@thunderbird.mozilla.org.xpi": "thunderbird-l10n-de",
  Xvfb: "xvfb",
  import: "imagemagick",
  openssl: "openssl",
  gpgsm: "gpgsm",
  "gpg-agent": "gpg-agent",
  cmsutil: "libnss3-tools",
  javac: "default-jdk-headless",
  "/usr/share/java/bcmail.jar": "libbcmail-java",
  "/usr/lib/dovecot/imap": "dovecot-imapd",
  "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
};

export function say(text) {
  console.log(`• ${text}`);
}

/** Ends this program with one line instead of a stack. */
export function giveUp(text) {
  console.error(text);
  process.exit(1);
}

/** Runs a program that talks to the terminal. @returns its exit code */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error) giveUp(`${command} cannot be run: ${error.message}`);
  return status ?? 1;
}

export function prepareNodeModules() {
  if (nodeModulesAreCurrent()) return;
  say("installing npm packages");
  // Not npm ci: it refuses a lock file that lacks the optional binaries of any other platform.
  // The versions are the lock file's all the same, and --no-save leaves it as it is.
  if (run("npm", ["install", "--no-save", "--no-audit", "--no-fund"]) !== 0) {
    giveUp("npm install failed");
  }
}

/** Whether what is installed is what package-lock.json asks for. */
function nodeModulesAreCurrent() {
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (!installed) return false;
  const wanted = readPackages(join(root, "package-lock.json"));
  return Object.entries(wanted).every(
    // Optional packages are for other systems than this one.
    ([path, { version, optional }]) =>
      path === "" || (optional && !installed[path]) || installed[path]?.version === version,
  );
}

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : undefined;
}

export function prepareDebianPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const root = process.getuid?.() === 0;
  if (!root || !isThere("apt-get")) {
    giveUp(`Please install what is missing: sudo apt-get install ${missing.join(" ")}`);
  }
  say(`installing Debian packages: ${missing.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  withoutServices(() => {
    run("apt-get", ["-qq", "update"], { env });
    run("apt-get", ["-qq", "install", "-y", "--no-install-recommends", ...missing], { env });
  });
  // A package whose service could not be configured in a container is good enough.
  const still = missingPackages();
  if (still.length > 0) giveUp(`These Debian packages could not be installed: ${still.join(" ")}`);
}

function missingPackages() {
  return Object.entries(DEBIAN_PACKAGES)
    .filter(([file]) => !isThere(file))
    .map(([, name]) => name);
}

function isThere(file) {
  if (file.startsWith("/")) return existsSync(file);
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, file)));
}

/** Debian starts a mail server when it is installed, unless this policy says no. */
function withoutServices(install) {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) {
    install();
    return;
  }
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(policy);
  }
}
