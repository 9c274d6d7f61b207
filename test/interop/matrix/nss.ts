import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Issued } from "../../support/pki.ts";
import { openssl } from "../../support/pki.ts";
import { Resources } from "../../support/resources.ts";
import { cmsOf, multipartSigned, pkcs7Mime, signedParts } from "./framing.ts";
import { authority } from "./people.ts";
import { PeerError, run, type Peer } from "./peer.ts";
import type { EncryptionRow, SignatureRow } from "./rows.ts";

const PASSWORD = "nss";

/** cmsutil, with a database of its own. */
export async function startNss(): Promise<Peer> {
  const resources = new Resources();
  const folder = resources.folder("nss");
  const path = (name: string): string => join(folder, name);
  const database = ["-d", `sql:${folder}`];
  await run("certutil", [...database, "-N", "--empty-password"]);
  await writeFile(path("authority.pem"), authority.certificatePem);
  const trusted = ["-A", "-n", "authority", "-t", ",C,", "-i", path("authority.pem")];
  await run("certutil", [...database, ...trusted]);

  const nicknames = new Map<Issued, string>();
  async function useIdentity(identity: Issued): Promise<string> {
    const known = nicknames.get(identity);
    if (known !== undefined) return known;
    const nickname = `identity ${nicknames.size}`;
    await writeFile(path("key.pem"), identity.privateKeyPem + identity.certificatePem);
    await writeFile(
      path("identity.p12"),
      openssl([
        ...["pkcs12", "-export", "-in", path("key.pem")],
        ...["-name", nickname, "-passout", `pass:${PASSWORD}`],
      ]),
    );
    await run("pk12util", [...database, "-i", path("identity.p12"), "-W", PASSWORD]);
    nicknames.set(identity, nickname);
    return nickname;
  }

  const inAndOut = ["-i", path("input"), "-o", path("output")];
  return {
    signsOpaque: true,
    options: await run("cmsutil", []).catch((error: unknown) => String(error)),
    async sign(row: SignatureRow, signer, entity, opaque) {
      const nickname = await useIdentity(signer);
      await writeFile(path("input"), entity, "latin1");
      const how = ["-S", "-G", "-P", "-H", row.digest.toUpperCase(), "-N", nickname];
      await run("cmsutil", [...how, ...(opaque ? [] : ["-T"]), ...database, ...inAndOut]);
      const cms = await readFile(path("output"));
      return opaque ? pkcs7Mime("signed-data", cms) : multipartSigned(entity, cms);
    },
    async verify(message) {
      const { entity, cms } = signedParts(message);
      await writeFile(path("input"), cms);
      if (entity !== null) await writeFile(path("content"), entity, "latin1");
      const content = entity === null ? [] : ["-c", path("content")];
      const how = ["-D", "-n", "-h", "0", ...content, "-i", path("input")];
      const said = await run("cmsutil", [...how, ...database]);
      // The exit code is 0 whatever the signature is.
      if (!said.includes("status=GoodSignature")) throw new PeerError(said);
    },
    async encrypt(_row: EncryptionRow, recipient, entity) {
      const nickname = await useIdentity(recipient);
      await writeFile(path("input"), entity, "latin1");
      await run("cmsutil", ["-E", "-r", nickname, ...database, ...inAndOut]);
      return pkcs7Mime("enveloped-data", await readFile(path("output")));
    },
    async decrypt(message, recipient) {
      await useIdentity(recipient);
      await writeFile(path("input"), cmsOf(message));
      await run("cmsutil", ["-D", ...database, ...inAndOut]);
      return readFile(path("output"), "latin1");
    },
    stop: () => resources.release(),
  };
}
