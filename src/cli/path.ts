import { findPath } from "../core/trust/find-path.ts";
import type { MailUse } from "../core/trust/uses.ts";
import { onlyFile, parseArguments, single, timeOption, type Arguments } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { readCertificates } from "./files.ts";
import { jsonText } from "./json.ts";
import { readAnchors, trustOptions } from "./reader.ts";

/** The verdict on the path of a certificate, which is the first in its file. */
export async function path(args: readonly string[]): Promise<string> {
  const options = parseArguments(args, { ...trustOptions, use: "string" });
  const file = onlyFile(options);
  const [certificate, ...beside] = await readCertificates([file]);
  if (certificate === undefined) throw new Failure(`${file} has no certificate`);
  const verdict = await findPath(certificate, {
    intermediates: [...beside, ...(await readCertificates(options.all("cert")))],
    anchors: await readAnchors(options),
    at: timeOption(options),
    use: use(options),
  });
  return jsonText(verdict);
}

function use(options: Arguments): MailUse {
  const value = single(options, "use") ?? "sign";
  if (value !== "sign" && value !== "encrypt") throw new Failure("--use is sign or encrypt");
  return value;
}
