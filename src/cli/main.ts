import { SmimeError } from "../core/errors.ts";
import { decrypt } from "./decrypt.ts";
import { encrypt } from "./encrypt.ts";
import { Failure } from "./failure.ts";
import { inspect } from "./inspect.ts";
import { p12 } from "./p12.ts";
import { path } from "./path.ts";
import { sign } from "./sign.ts";

/** Takes the arguments behind it and gives what goes to standard output. */
type Verb = (args: readonly string[]) => Promise<string | Uint8Array>;

const verbs = new Map<string, Verb>(Object.entries({ inspect, sign, encrypt, decrypt, p12, path }));

const HELP = `smime VERB …

inspect FILE.eml READER             what a message is, as JSON
sign    FILE.eml WRITER             the message, signed
        --opaque                      in one piece, for readers with S/MIME only
encrypt FILE.eml --to CERT… WRITER  the message, encrypted; signed first if there is a key
        --gcm, --oaep                 use what the recipients are then taken to have announced
decrypt FILE.eml READER             the message without its encryption
p12     FILE [--password PW]        what a key file holds, as JSON
        --export OUT --export-password PW   writes its keys to a new file
        --gnupg-2.2                   which gpgsm before GnuPG 2.4 can read
path    CERT TRUST                  the certification path of a certificate, as JSON
        --use mail|sign|encrypt       what for; mail, which is either, unless given
        --policy OID …                certificate policies, of which one has to hold
        --explicit-policy, --inhibit-policy-mapping, --inhibit-any-policy

READER  [--key FILE.p12 --password PW]…  own keys, and TRUST
WRITER  [--key FILE.p12 --password PW]…  the sender's keys
        [--cert CERT]…                   authorities to send along
        [--time ISO]                     the signing time, instead of now
TRUST   [--anchor CERT]…                 authorities, and single certificates, to trust
        [--cert CERT]…                   certificates to know
        [--time ISO]                     the time to judge at, instead of now
        [--no-builtin-roots]             trust only the --anchor ones
        [--crl FILE]… [--ocsp FILE]…     what is known of revocation; \`path\` fails for what they
                                         leave open

Certificates are PEM (one or many in a file), DER or PKCS#7 (.p7b), revocation lists PEM or DER.
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
  process.stderr.write(`smime: ${describe(error)}\n`);
  process.exitCode = error instanceof Failure ? error.exitCode : 1;
}

/** Stacks only for faults of this program. */
function describe(error: unknown): string {
  if (error instanceof Failure || error instanceof SmimeError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
