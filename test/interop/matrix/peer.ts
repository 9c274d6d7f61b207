import { execFile } from "node:child_process";
import type { Issued } from "../../support/pki.ts";
import type { EncryptionRow, SignatureRow } from "./rows.ts";

/** Another S/MIME program. Whatever it refuses rejects with a PeerError in its own words. */
export interface Peer {
  /** All that its usage text or its list of options says, to see what cannot be asked of it. */
  readonly options: string;
  /** Whether it can be asked for signatures around the content, besides those beside it. */
  readonly signsOpaque: boolean;
  /** @returns the entity signed: header fields of MIME and body */
  sign(row: SignatureRow, signer: Issued, entity: string, opaque: boolean): Promise<string>;
  /** Rejects unless the signature is right. @param message multipart/signed */
  verify(message: string, signer: Issued): Promise<void>;
  encrypt(row: EncryptionRow, recipient: Issued, entity: string): Promise<string>;
  /** @returns the entity inside */
  decrypt(message: string, recipient: Issued): Promise<string>;
  stop(): Promise<void>;
}

export class PeerError extends Error {
  constructor(said: string) {
    super(said);
    this.name = "PeerError";
  }
}

const TIMEOUT_MS = 60_000;

/** Standard output and standard error together. @throws PeerError with the same if it fails */
export function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      {
        env: { ...process.env, LC_ALL: "C.UTF-8", ...environment },
        timeout: TIMEOUT_MS,
        maxBuffer: 1 << 26,
        encoding: "latin1",
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout + stderr);
        else reject(new PeerError(`${stdout}${stderr}${error.signal ?? ""}`));
      },
    ).stdin?.end();
  });
}
