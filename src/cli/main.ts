import { errorCode } from "../core/errors.ts";
import { Failure } from "./failure.ts";
import { inspect } from "./inspect.ts";

/** Each takes the arguments behind it and gives what goes to standard output. */
const verbs: ReadonlyMap<string, (args: readonly string[]) => Promise<string | Uint8Array>> =
  new Map([["inspect", inspect]]);

const HELP = `smime VERB …

inspect FILE.eml   what a message is, as JSON
                   [--key FILE.p12 --password PW]…  own keys, to decrypt with
                   [--anchor CERT]…                 authorities to trust
                   [--cert CERT]…                   certificates to know
                   [--time ISO]                     the time to judge at, instead of now
                   [--no-builtin-roots]             trust only the --anchor ones

Certificates are PEM (one or many in a file) or DER.
Exit codes: 0 done, whatever the verdict; 1 it cannot be done; 2 bad usage or unreadable input.
`;

async function run([name, ...args]: readonly string[]): Promise<string | Uint8Array> {
  if (name === "--help" || name === "help" || args.includes("--help")) return HELP;
  const verb = verbs.get(name ?? "");
  if (verb === undefined) {
    throw new Failure(`${name === undefined ? "no verb" : `unknown verb ${name}`}\n\n${HELP}`);
  }
  return verb(args);
}

try {
  const output = await run(process.argv.slice(2));
  process.stdout.write(output);
} catch (error) {
  const expected = error instanceof Failure;
  process.stderr.write(`smime: ${expected ? error.message : describe(error)}\n`);
  process.exitCode = expected ? error.exitCode : 1;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : errorCode(error);
}
