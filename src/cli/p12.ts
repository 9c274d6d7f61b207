import { onlyFile, parseArguments, single } from "./arguments.ts";
import { readKey } from "./files.ts";
import { jsonText } from "./json.ts";

/** What a key file holds, apart from the keys themselves. */
export async function p12(args: readonly string[]): Promise<string> {
  const options = parseArguments(args, { password: "string" });
  const file = onlyFile(options);
  const { keys, otherCertificates } = await readKey({
    file,
    password: single(options, "password") ?? "",
  });
  return jsonText({
    keys: keys.map(({ certificate, chain }) => ({ certificate, chain })),
    otherCertificates,
  });
}
