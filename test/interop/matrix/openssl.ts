import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Issued } from "../../support/pki.ts";
import { Resources } from "../../support/resources.ts";
import { authority } from "./people.ts";
import { run, type Peer } from "./peer.ts";
import type { EncryptionRow, SignatureRow } from "./rows.ts";

export async function startOpenssl(): Promise<Peer> {
  const resources = new Resources();
  const folder = resources.folder("openssl");
  const path = (name: string): string => join(folder, name);
  const content = async (name: string): Promise<string> => readFile(path(name), "latin1");
  const files = async (identity: Issued, input: string): Promise<void> => {
    await writeFile(path("certificate.pem"), identity.certificatePem);
    await writeFile(path("key.pem"), identity.privateKeyPem);
    await writeFile(path("input"), input, "latin1");
  };
  await writeFile(path("authority.pem"), authority.certificatePem);
  const cms = (...args: string[]): Promise<string> => run("openssl", ["cms", ...args]);
  const inAndOut = ["-in", path("input"), "-out", path("output")];
  const ownKey = ["-inkey", path("key.pem")];
  return {
    signsOpaque: true,
    options: await run("openssl", ["cms", "-help"]),
    async sign(row: SignatureRow, signer, entity, opaque) {
      await files(signer, entity);
      await cms(
        ...["-sign", "-crlfeol", "-md", row.digest, ...inAndOut],
        ...["-signer", path("certificate.pem"), ...ownKey],
        ...(row.pss ? ["-keyopt", "rsa_padding_mode:pss"] : []),
        ...(opaque ? ["-nodetach"] : []),
      );
      return content("output");
    },
    async verify(message) {
      await writeFile(path("input"), message, "latin1");
      await cms("-verify", ...inAndOut, "-CAfile", path("authority.pem"));
    },
    async encrypt({ cipher, management }: EncryptionRow, recipient, entity) {
      await files(recipient, entity);
      const oaep = ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"];
      await cms(
        ...["-encrypt", `-${cipher}`, ...inAndOut, "-recip", path("certificate.pem")],
        ...(management === "oaep" ? oaep : []),
      );
      return content("output");
    },
    async decrypt(message, recipient) {
      await files(recipient, message);
      await cms("-decrypt", ...inAndOut, "-recip", path("certificate.pem"), ...ownKey);
      return content("output");
    },
    stop: () => resources.release(),
  };
}
