import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { alice, bob, caPem } from "../support/people.ts";
import type { Operation } from "./shipped.ts";

/** The same operations by `openssl cms`, each a process of its own, from file to file. */
export type OpensslProcess = Readonly<Record<Operation, (input: string) => void>>;

export function opensslIn(folder: string): OpensslProcess {
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const signer = [
    ...["-signer", file("alice.pem", alice.signing.certificatePem)],
    ...["-inkey", file("alice.key", alice.signing.privateKeyPem)],
  ];
  const authority = file("authority.pem", caPem);
  const recipient = file("bob.pem", bob.decryption.certificatePem);
  const recipientKey = file("bob.key", bob.decryption.privateKeyPem);
  const output = join(folder, "openssl.out");
  const cms =
    (...args: readonly string[]) =>
    (input: string) => {
      execFileSync("openssl", ["cms", ...args, "-in", input, "-out", output], { stdio: "pipe" });
    };
  const decrypt = cms("-decrypt", "-recip", recipient, "-inkey", recipientKey);
  return {
    sign: cms("-sign", "-md", "sha256", ...signer),
    verify: cms("-verify", "-CAfile", authority, "-no-CApath", "-no-CAstore"),
    "encrypt CBC": cms("-encrypt", "-aes-256-cbc", "-recip", recipient),
    "decrypt CBC": decrypt,
    "encrypt GCM": cms("-encrypt", "-aes-256-gcm", "-recip", recipient),
    "decrypt GCM": decrypt,
  };
}
