import { writeKeyFile } from "../core/pkcs12/write.ts";
import { onlyFile, parseArguments, single } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { readKey, writeOutput } from "./files.ts";
import { jsonText } from "./json.ts";

/** What a key file holds, apart from the keys themselves; `--export` writes it anew. */
export async function p12(args: readonly string[]): Promise<string> {
  const options = parseArguments(args, {
    ...{ password: "string", export: "string", "export-password": "string" },
    "gnupg-2.2": "boolean",
  });
  const password = single(options, "password") ?? "";
  const { keys, otherCertificates } = await readKey({ file: onlyFile(options), password });
  const exported = single(options, "export");
  if (exported !== null) {
    const newPassword = single(options, "export-password") ?? "";
    if (newPassword === "") throw new Failure("--export needs an --export-password");
    const kind = options.flag("gnupg-2.2") ? "gnupg-2.2" : "modern";
    await writeOutput(exported, await writeKeyFile(keys, newPassword, kind));
  }
  return jsonText({
    keys: keys.map(({ certificate, chain }) => ({ certificate, chain })),
    otherCertificates,
  });
}
