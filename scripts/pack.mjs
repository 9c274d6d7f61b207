import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { zipSync } from "fflate";

/**
 * The files of a folder as a zip archive that depends on nothing but their names and octets: sorted,
 * without folders of their own, all with one date. The compressor is no part of Node, whose versions
 * differ.
 * @param {string} folder
 * @param {readonly string[]} [names] paths below it with slashes; all its files if left out
 * @returns {Promise<Uint8Array>}
 */
export async function pack(folder, names) {
  const files = {};
  for (const name of [...(names ?? (await filesBelow(folder)))].sort()) {
    files[name] = await readFile(join(folder, name));
  }
  // The first day that a zip archive knows; it is written in local time, as it is read here.
  return zipSync(files, { level: 9, mtime: new Date(1980, 0, 1), os: 3 });
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .map((name) => name.split(sep).join("/"));
}
