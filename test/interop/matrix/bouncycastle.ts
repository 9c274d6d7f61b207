import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Issued } from "../../support/pki.ts";
import { Resources } from "../../support/resources.ts";
import { PeerError, run, type Peer } from "./peer.ts";
import type { EncryptionRow, SignatureRow } from "./rows.ts";

const SOURCE = fileURLToPath(new URL("../bouncycastle/Driver.java", import.meta.url));
const LIBRARIES = ["bcprov", "bcutil", "bcpkix", "bcmail", "javax.mail", "javax.activation"].map(
  (name) => `/usr/share/java/${name}.jar`,
);

/** Bouncy Castle in one virtual machine, which is spoken to through a pipe. */
export async function startBouncyCastle(): Promise<Peer> {
  const resources = new Resources();
  const folder = resources.folder("bouncycastle");
  const path = (name: string): string => join(folder, name);
  await mkdir(path("classes"));
  const classes = ["-cp", LIBRARIES.join(":"), "-d", path("classes"), SOURCE];
  await run("javac", ["-encoding", "UTF-8", ...classes]);
  const machine = resources.spawn(
    "java",
    ["-XX:TieredStopAtLevel=1", "-cp", [...LIBRARIES, path("classes")].join(":"), "Driver"],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const { stdin, stdout } = machine;
  if (stdin === null || stdout === null) throw new Error("java has no pipes");
  const answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  async function answered(): Promise<string> {
    const answer = await answers.next();
    if (answer.done === true) throw new Error("java ended");
    if (answer.value.startsWith("error ")) throw new PeerError(answer.value);
    return answer.value;
  }
  const version = await answered();

  async function ask(
    verb: string,
    { certificate, privateKey }: Issued,
    input: string,
    ...words: string[]
  ): Promise<string> {
    await writeFile(path("certificate"), certificate);
    await writeFile(path("key"), privateKey);
    await writeFile(path("input"), input, "latin1");
    const files = ["certificate", "key", "input", "output"].map(path);
    stdin?.write(`${[verb, ...files, ...words].join(" ")}\n`);
    await answered();
    return readFile(path("output"), "latin1");
  }
  return {
    signsOpaque: true,
    options: version,
    sign: (row: SignatureRow, signer, entity, opaque) =>
      ask("sign", signer, entity, signatureName(row), opaque ? "opaque" : "detached"),
    verify: async (message, signer) => {
      await ask("verify", signer, message);
    },
    encrypt: (row: EncryptionRow, recipient, entity) =>
      ask("encrypt", recipient, entity, row.management, row.cipher),
    decrypt: (message, recipient) => ask("decrypt", recipient, message),
    stop: () => resources.release(),
  };
}

function signatureName({ key, digest, pss }: SignatureRow): string {
  if (key === "ed25519") return "Ed25519";
  const kind = key.startsWith("rsa") ? (pss ? "RSAandMGF1" : "RSA") : "ECDSA";
  return `${digest.toUpperCase()}with${kind}`;
}
