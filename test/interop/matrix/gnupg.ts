import { createHash, createPrivateKey } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Issued } from "../../support/pki.ts";
import { Resources } from "../../support/resources.ts";
import { multipartSigned, cmsOf, pkcs7Mime, signedParts } from "./framing.ts";
import { authority } from "./people.ts";
import { run, type Peer } from "./peer.ts";
import type { EncryptionRow, SignatureRow } from "./rows.ts";

const CIPHERS = {
  "aes-128-cbc": "AES128",
  "aes-256-cbc": "AES256",
  "aes-256-gcm": "AES256.GCM",
} as const;

/** gpgsm with a home and an agent of its own. */
export async function startGnupg(): Promise<Peer> {
  const resources = new Resources();
  const home = resources.folder("gnupg");
  resources.closeLater(async () => {
    await run("gpgconf", ["--homedir", home, "--kill", "all"]);
  });
  const path = (name: string): string => join(home, name);
  await mkdir(path("private-keys-v1.d"), { mode: 0o700 });
  await writeFile(path("gpgsm.conf"), "disable-dirmngr\ndisable-crl-checks\n");
  await writeFile(path("trustlist.txt"), `${fingerprint(authority)} S relax\n`);
  const gpgsm = (...args: string[]): Promise<string> =>
    run("gpgsm", ["--homedir", home, "--batch", "--yes", ...args]);
  await writeFile(path("authority.der"), authority.certificate);
  await gpgsm("--import", path("authority.der"));

  const imported = new Set<Issued>();
  async function useIdentity(identity: Issued): Promise<string> {
    if (!imported.has(identity)) await importIdentity(identity);
    imported.add(identity);
    return fingerprint(identity);
  }
  /**
   * The key goes straight into the agent's folder: gpgsm's own import takes no elliptic curves, and
   * would ask for passphrases.
   */
  async function importIdentity(identity: Issued): Promise<void> {
    await writeFile(path("certificate.der"), identity.certificate);
    await gpgsm("--import", path("certificate.der"));
    const listed = await gpgsm("--with-colons", "--with-keygrip", "-k", fingerprint(identity));
    const keygrip = /^grp:+([0-9A-F]{40}):/m.exec(listed)?.[1];
    if (keygrip === undefined) throw new Error(`no keygrip in ${listed}`);
    const file = path(`private-keys-v1.d/${keygrip}.key`);
    await writeFile(file, `Key: ${privateKeyExpression(identity)}\n`);
  }

  const output = ["-o", path("output")];
  return {
    signsOpaque: true,
    options: await run("gpgsm", ["--dump-options"]),
    async sign(row: SignatureRow, signer, entity, opaque) {
      const user = await useIdentity(signer);
      await writeFile(path("input"), entity, "latin1");
      const how = opaque ? "--sign" : "--detach-sign";
      await gpgsm("-u", user, "--digest-algo", row.digest, ...output, how, path("input"));
      const cms = await readFile(path("output"));
      return opaque ? pkcs7Mime("signed-data", cms) : multipartSigned(entity, cms);
    },
    async verify(message) {
      const { entity, cms } = signedParts(message);
      await writeFile(path("signature"), cms);
      if (entity !== null) await writeFile(path("input"), entity, "latin1");
      const content = entity === null ? [] : [path("input")];
      await gpgsm("--verify", path("signature"), ...content);
    },
    async encrypt({ cipher }: EncryptionRow, recipient, entity) {
      const user = await useIdentity(recipient);
      await writeFile(path("input"), entity, "latin1");
      const how = ["--cipher-algo", CIPHERS[cipher], "-r", user];
      await gpgsm(...how, ...output, "--encrypt", path("input"));
      return pkcs7Mime("enveloped-data", await readFile(path("output")));
    },
    async decrypt(message, recipient) {
      await useIdentity(recipient);
      await writeFile(path("input"), cmsOf(message));
      await gpgsm(...output, "--decrypt", path("input"));
      return readFile(path("output"), "latin1");
    },
    stop: () => resources.release(),
  };
}

function fingerprint({ certificate }: Issued): string {
  return createHash("sha1").update(certificate).digest("hex").toUpperCase();
}

/** An unprotected private key as libgcrypt's S-expression. */
function privateKeyExpression({ privateKeyPem }: Issued): string {
  const jwk = createPrivateKey(privateKeyPem).export({ format: "jwk" });
  const number = (name: string, value = "", prefix = ""): string => {
    const hex = prefix + Buffer.from(value, "base64url").toString("hex");
    return `(${name} #${/^[89a-f]/.test(hex) ? "00" : ""}${hex}#)`;
  };
  const { n, e, d, p, q, qi, x = "", y = "" } = jwk;
  if (jwk.kty === "RSA") {
    // libgcrypt wants the smaller prime first, whose inverse is the coefficient.
    const parts = [
      ...[number("n", n), number("e", e), number("d", d)],
      ...[number("p", q), number("q", p), number("u", qi)],
    ];
    return `(private-key (rsa ${parts.join(" ")}))`;
  }
  if (jwk.kty === "EC") {
    const point = Buffer.concat([Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
    const parts = [number("q", point.toString("base64url"), "04"), number("d", d)];
    return `(private-key (ecc (curve "NIST ${String(jwk.crv)}") ${parts.join(" ")}))`;
  }
  const parts = [number("q", x, "40"), number("d", d)];
  const flags = jwk.crv === "Ed25519" ? "(flags eddsa)" : "(flags djb-tweak)";
  const curve = jwk.crv === "Ed25519" ? "Ed25519" : "Curve25519";
  return `(private-key (ecc (curve ${curve}) ${flags} ${parts.join(" ")}))`;
}
