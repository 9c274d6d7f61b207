/** What a file system and every mail program takes for a name: no path, nothing invisible. */
export function fileName(name: string, ending: string): string {
  const kept = name.normalize("NFC").replace(/[^\p{L}\p{N}@._+-]+/gu, "-");
  return `${kept.replace(/^[.-]+/, "").slice(0, 80) || "file"}.${ending}`;
}
