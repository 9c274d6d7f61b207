import { signMessage } from "../core/smime/sign.ts";
import { onlyFile, parseArguments, timeOption } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { readMessage } from "./files.ts";
import { readWriter, writerOptions } from "./writer.ts";

/** The message, signed. */
export async function sign(args: readonly string[]): Promise<Uint8Array> {
  const options = parseArguments(args, { ...writerOptions, opaque: "boolean" });
  const message = await readMessage(onlyFile(options));
  if (options.keys.length === 0) throw new Failure("no --key given");
  const signingTime = timeOption(options);
  const { signer } = await readWriter(options, message, signingTime);
  return signMessage(message, signer, { signingTime, opaque: options.flag("opaque") });
}
