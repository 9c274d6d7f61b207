import assert from "node:assert/strict";
import { createDecipheriv, hkdfSync, pbkdf2Sync } from "node:crypto";
import { describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { readContent, writeContent, type BackupContent } from "../../src/core/backup/content.ts";
import { openBackup, sealBackup } from "../../src/core/backup/file.ts";
import { SmimeError } from "../../src/core/errors.ts";
import { createAuthority } from "../support/pki.ts";
import { testStorage } from "../support/storage.ts";

const PASSWORD = "zw\u00f6lf graue Katzen";
const secret = new TextEncoder().encode("what nobody else may read");
const fails = (code: string) => ({ name: "SmimeError", code });

describe("a backup file", async () => {
  const file = await sealBackup(secret, PASSWORD);
  const end = file.indexOf(0x0a) + 1;
  const withHeader = (change: Record<string, unknown>) => {
    const header = JSON.parse(Buffer.from(file.subarray(0, end)).toString()) as object;
    return Buffer.concat([
      Buffer.from(`${JSON.stringify({ ...header, ...change })}\n`),
      file.subarray(end),
    ]);
  };

  it("opens with its password, however the keyboard composes it", async () => {
    assert.deepEqual(await openBackup(file, PASSWORD), secret);
    assert.deepEqual(await openBackup(file, PASSWORD.normalize("NFD")), secret);
  });

  it("is what its description says, for other programs to open", () => {
    const line = file.subarray(0, end);
    const header = JSON.parse(Buffer.from(line).toString()) as Record<string, string> & {
      iterations: number;
    };
    const octets = (name: string) => Buffer.from(header[name] ?? "", "base64");
    assert.deepEqual(
      [header["format"], header["version"], header.iterations],
      ["smime-exchange-backup", 1, 600_000],
    );
    const slow = pbkdf2Sync(PASSWORD, octets("salt"), header.iterations, 32, "sha256");
    const derived = (info: string, length: number) =>
      Buffer.from(hkdfSync("sha256", slow, "", info, length));
    assert.deepEqual(derived("smime-exchange backup check 1", 16), octets("check"));
    const key = derived("smime-exchange backup key 1", 32);
    const decipher = createDecipheriv("aes-256-gcm", key, octets("nonce"));
    decipher.setAAD(line);
    decipher.setAuthTag(file.subarray(-16));
    const opened = Buffer.concat([decipher.update(file.subarray(end, -16)), decipher.final()]);
    assert.deepEqual(Uint8Array.from(opened), secret);
  });

  it("tells a wrong password from damage, and both from what is no backup", async () => {
    await assert.rejects(openBackup(file, "another"), fails("backup-wrong-password"));
    const last = file.map((octet, at) => (at === file.length - 1 ? octet ^ 1 : octet));
    for (const damaged of [file.slice(0, -1), last, file.slice(0, end), withHeader({ more: 1 })]) {
      await assert.rejects(openBackup(damaged, PASSWORD), fails("backup-damaged"));
    }
    for (const other of [new Uint8Array(0), secret, Buffer.from("{}\n"), Buffer.from("null\n")]) {
      await assert.rejects(openBackup(other, PASSWORD), fails("backup-malformed"));
    }
    await assert.rejects(openBackup(withHeader({ version: 2 }), PASSWORD), {
      code: "backup-unsupported",
    });
    for (const change of [{ iterations: 1e9 }, { iterations: 0 }, { salt: "!" }, { nonce: 1 }]) {
      await assert.rejects(openBackup(withHeader(change), PASSWORD), fails("backup-damaged"));
    }
  });

  it("never holds the same octets twice, nor the content", async () => {
    const again = await sealBackup(secret, PASSWORD);
    assert.notDeepEqual(again.subarray(end), file.subarray(end));
    assert.ok(!Buffer.from(file).includes(Buffer.from(secret)));
  });
});

describe("the content of a backup", async () => {
  const authority = createAuthority({ name: "Root", keyType: "p256" });
  const issued = authority.issue({ name: "Alice", address: "alice@example.org", keyType: "p256" });
  const certificate = await parseCertificate(issued.certificate);
  const root = await parseCertificate(authority.certificate);
  const at = new Date("2026-11-20T12:00:00Z");
  const content: BackupContent = {
    keys: [
      {
        certificate,
        chain: [root],
        addedAt: at,
        preferredAt: at,
        privateKey: issued.privateKey,
      },
    ],
    waiting: [],
    contacts: [
      {
        address: "bob@example.org",
        certificate,
        source: "signature",
        firstSeen: at,
        lastSeen: null,
        capabilities: { algorithms: ["2.16.840.1.101.3.4.1.42"] },
      },
    ],
    intermediates: [root],
    anchors: [{ certificate: root, source: "user", kind: "authority" }],
    distrusted: ["00".repeat(32)],
    signals: [
      {
        kind: "received-unsigned",
        identity: "alice@example.org",
        contact: "bob@example.org",
        messageId: "1@example.org",
        at,
      },
    ],
    settings: { lockAfterMinutes: 5, protectionOf: { "alice@example.org": "sign" } },
  };

  it("comes back as it was", async () => {
    assert.deepEqual(await readContent(writeContent(content)), content);
  });

  it("that is none is refused by an error of ours", async () => {
    const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    const broken = { ...content, intermediates: [{ certificate: "AAAA" }] };
    for (const other of [
      secret,
      encode(null),
      encode({}),
      encode({ ...content, keys: 1 }),
      encode({ ...content, settings: "no" }),
      encode({ ...content, signals: [{ date: "yesterday" }] }),
      encode(broken),
    ]) {
      await assert.rejects(readContent(other), (error) => {
        assert.ok(error instanceof SmimeError);
        assert.equal(error.code, "backup-damaged");
        return true;
      });
    }
  });
});

it("settings of a backup are taken only where the user has set nothing", async () => {
  const { settings } = testStorage();
  await settings.set({ lockAfterMinutes: 5 });
  assert.deepEqual(await settings.changed(), { lockAfterMinutes: 5 });
  const wishes = { lockAfterMinutes: 30, encryptDrafts: false, unknown: 1 };
  await settings.adopt(wishes);
  assert.deepEqual(await settings.changed(), { lockAfterMinutes: 5, encryptDrafts: false });
});
