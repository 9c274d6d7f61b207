import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { readKeyFile } from "../../src/core/pkcs12/read.ts";
import { writeKeyFile, type KeyFileEntry } from "../../src/core/pkcs12/write.ts";
import { createAuthority, openssl, type Identity } from "../support/pki.ts";
import { Resources } from "../support/resources.ts";

/** Key files written here and read by other programs, and the other way round. */

const root = createAuthority({ name: "Root", keyType: "p256" });
const authority = createAuthority({ name: "Intermediate", keyType: "p256", issuer: root });
const alice = authority.issue({ name: "Alice", address: "alice@example.org" });
const bob = authority.issue({ name: "Bob", address: "bob@example.org", keyType: "p256" });
const resources = new Resources();
const folder = resources.folder("pkcs12");
const path = (name: string): string => join(folder, name);
const password = "Grüße";
let entries: readonly KeyFileEntry[] = [];

before(async () => {
  entries = await Promise.all([alice, bob].map(entry));
  writeFileSync(path("both.p12"), await writeKeyFile(entries, password));
  writeFileSync(path("alice.p12"), await writeKeyFile(entries.slice(0, 1), "secret"));
  const older = await writeKeyFile(entries.slice(0, 1), "secret", "gnupg-2.2");
  writeFileSync(path("older.p12"), older);
});
after(() => resources.release());

async function entry({ certificate, privateKey, chain }: Identity): Promise<KeyFileEntry> {
  const authorities = await Promise.all(chain.map((der) => parseCertificate(der)));
  return { certificate: await parseCertificate(certificate), privateKey, chain: authorities };
}

describe("an exported key file", () => {
  it("is read here again, and with no other password", async () => {
    const file = await writeKeyFile(entries, password);
    const { keys, otherCertificates } = await readKeyFile(file, password);
    assert.deepEqual(
      keys.map(({ certificate, chain }) => [certificate.addresses, chain.length]),
      [
        [["alice@example.org"], 2],
        [["bob@example.org"], 2],
      ],
    );
    assert.deepEqual(
      keys.map((key) => Buffer.from(key.privateKey).toString("hex")),
      entries.map((key) => Buffer.from(key.privateKey).toString("hex")),
    );
    assert.equal(otherCertificates.length, 0);
    const wrong = { name: "SmimeError", code: "pkcs12-wrong-password" };
    await assert.rejects(readKeyFile(file, "Grusse"), wrong);
  });

  it("holds as many keys as may be read", async () => {
    const [one] = entries;
    assert.ok(one);
    const many = Array.from({ length: 50 }, () => one);
    const { keys } = await readKeyFile(await writeKeyFile(many, "secret"), "secret");
    assert.equal(keys.length, 1);
  });

  it("is read by OpenSSL, with names, keys tied to certificates, and the chain", () => {
    const args = ["pkcs12", "-in", path("both.p12"), "-passin", `pass:${password}`, "-nodes"];
    const listed = openssl(args).toString();
    assert.equal(listed.match(/BEGIN CERTIFICATE/g)?.length, 4);
    assert.equal(listed.match(/BEGIN PRIVATE KEY/g)?.length, 2);
    assert.equal(listed.match(/friendlyName: bob@example\.org/g)?.length, 2);
    const ids = [...listed.matchAll(/localKeyID: ([0-9A-F ]+)/g)].map(([, id]) => id);
    assert.equal(ids.length, 4);
    assert.equal(new Set(ids).size, 2);
    const info = spawnSync("openssl", [...args.slice(0, -1), "-info", "-noout"]);
    assert.match(info.stderr.toString(), /MAC: sha256/i);
    assert.match(info.stderr.toString(), /PBES2, PBKDF2, AES-256-CBC.*PRF hmacWithSHA256/);
    assert.doesNotMatch(info.stderr.toString(), /RC2|3DES|hmacWithSHA1/);
  });

  it("is read by NSS, password beyond ASCII included", () => {
    const database = ["-d", `sql:${resources.folder("nss")}`];
    execFileSync("certutil", [...database, "-N", "--empty-password"]);
    execFileSync("pk12util", [...database, "-i", path("both.p12"), "-W", password]);
    const keys = execFileSync("certutil", [...database, "-K"]).toString();
    assert.match(keys, /rsa .*alice@example\.org/);
    assert.match(keys, /ec .*bob@example\.org/);
  });

  it("is read by Java", () => {
    const args = ["-list", "-v", "-storetype", "PKCS12", "-keystore", path("alice.p12")];
    const listed = execFileSync("keytool", [...args, "-storepass", "secret"]).toString();
    assert.match(listed, /contains 1 entry/);
    assert.equal(listed.match(/Certificate chain length: 3/g)?.length, 1);
  });

  it("is read by gpgsm from GnuPG 2.4 on, and before in the kind made for it", () => {
    const version = /gpgsm \(GnuPG\) (\d+)\.(\d+)/.exec(
      execFileSync("gpgsm", ["--version"]).toString(),
    );
    const older = Number(version?.[1]) * 10 + Number(version?.[2]) < 24;
    const modern = gpgsmImport("alice.p12");
    if (older) assert.match(modern, /encryptedData error at "pkcs5PBES2-params"/);
    else assert.match(modern, /secret keys imported: 1/);
    assert.match(gpgsmImport("older.p12"), /secret keys imported: 1/);
  });
});

describe("a key file of another program", () => {
  const isAlice = async (file: string): Promise<void> => {
    const { keys } = await readKeyFile(new Uint8Array(readFileSync(path(file))), "secret");
    const [key] = keys;
    assert.equal(keys.length, 1);
    assert.ok(Buffer.from(key?.certificate.der ?? []).equals(alice.certificate));
    const read = createPrivateKey({
      key: Buffer.from(key?.privateKey ?? []),
      format: "der",
      type: "pkcs8",
    });
    assert.ok(read.equals(createPrivateKey(alice.privateKeyPem)));
    await assert.rejects(readKeyFile(new Uint8Array(readFileSync(path(file))), "Secret"), {
      code: "pkcs12-wrong-password",
    });
  };

  it("is read from NSS, in its newer and its older kind", async () => {
    const database = ["-d", `sql:${resources.folder("nss-export")}`];
    execFileSync("certutil", [...database, "-N", "--empty-password"]);
    execFileSync("pk12util", [...database, "-i", path("alice.p12"), "-W", "secret"]);
    for (const [name, ciphers] of [
      ["nss-aes.p12", ["-c", "AES-256-CBC", "-C", "AES-128-CBC"]],
      ["nss-3des.p12", ["-c", "PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC"]],
      ["nss.p12", []],
    ] as const) {
      const out = ["-o", path(name), "-n", "alice@example.org", "-W", "secret"];
      execFileSync("pk12util", [...database, ...out, ...ciphers]);
      await isAlice(name);
    }
  });

  it("is read from Java, in its newer and its older kind", async () => {
    for (const [name, options] of [
      ["java.p12", []],
      ["java-legacy.p12", ["-J-Dkeystore.pkcs12.legacy"]],
    ] as const) {
      const from = ["-srckeystore", path("alice.p12"), "-srcstorepass", "secret"];
      const to = ["-destkeystore", path(name), "-deststorepass", "secret"];
      const type = ["-srcstoretype", "PKCS12", "-deststoretype", "PKCS12", "-noprompt"];
      execFileSync("keytool", [...options, "-importkeystore", ...from, ...to, ...type], {
        stdio: "ignore",
      });
      await isAlice(name);
    }
  });
});

/** What gpgsm said, into a home of its own. */
function gpgsmImport(name: string): string {
  const home = resources.folder("gnupg");
  mkdirSync(join(home, "private-keys-v1.d"), { mode: 0o700 });
  const args = ["--homedir", home, "--batch", "--pinentry-mode", "loopback"];
  const { stderr } = spawnSync(
    "gpgsm",
    [...args, "--disable-dirmngr", "--passphrase-fd", "0", "--import", path(name)],
    { input: "secret\n" },
  );
  spawnSync("gpgconf", ["--homedir", home, "--kill", "all"]);
  return stderr.toString();
}
