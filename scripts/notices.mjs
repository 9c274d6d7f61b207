/**
 * `npm run notices`: writes THIRD-PARTY-NOTICES.txt, the licences of what the packages contain
 * beside the project's own code. Which packages these are is read from the lock file.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
export const noticesFile = join(root, "THIRD-PARTY-NOTICES.txt");

/** @returns {string} needs node_modules to be what the lock file asks for */
export function notices() {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const shipped = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional)
    // Types leave nothing in the output.
    .filter(([path]) => !path.includes("/@types/"))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = shipped.map(([path, { version, license }]) => {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    return `${name} ${version} (${license})\n\n${licenceText(path)}`;
  });
  const rule = `\n${"-".repeat(72)}\n\n`;
  return (
    "S/MIME Exchange is licensed under the MPL 2.0 (see LICENSE). Its packages contain code of the\n" +
    `following projects under their own licences.\n${rule}${sections.join(rule)}`
  );
}

function licenceText(path) {
  const folder = join(root, path);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const [name] = names.filter((each) => /^licen[cs]e(?:[.-].*)?$/i.test(each)).sort();
  if (name === undefined) throw new Error(`${path} has no licence text`);
  return `${readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trim()}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(noticesFile, notices());
