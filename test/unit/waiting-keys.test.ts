import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCertificate } from "../../src/core/asn1/certificate.ts";
import { judgeAnswer, type KeyPlace } from "../../src/core/enrolment/answer.ts";
import type { WaitingKey } from "../../src/core/ports.ts";
import { createAuthority, type IdentityOptions } from "../support/pki.ts";
import { testStorage } from "../support/storage.ts";

const now = new Date("2026-06-01T12:00:00Z");
const validity = { notBefore: new Date("2026-01-01"), notAfter: new Date("2028-01-01") };
const root = createAuthority({ name: "Root", keyType: "p256", ...validity });
const issue = (options: Partial<IdentityOptions>) =>
  root.issue({
    name: "Dora",
    address: "dora@example.org",
    keyType: "p256",
    ...validity,
    ...options,
  });

describe("what an issuer sent", async () => {
  const dora = issue({});
  const hers = await parseCertificate(dora.certificate);
  const authority = await parseCertificate(root.certificate);
  const stranger = await parseCertificate(issue({ name: "Eve" }).certificate);
  const place = (kind: KeyPlace["kind"]): KeyPlace => ({
    kind,
    id: kind,
    publicKey: hers.publicKey.spki,
  });
  const again = async (options: Partial<IdentityOptions>) =>
    parseCertificate(issue({ key: dora.privateKeyPem, ...options }).certificate);
  const reason = (...args: Parameters<typeof judgeAnswer>) => {
    const answer = judgeAnswer(...args);
    return answer.outcome === "wrong" ? answer.reason : answer.outcome;
  };
  const nothing = new Set<string>();

  it("fits the key that waits for it, whatever else is in the file", () => {
    const answer = judgeAnswer([authority, stranger, hers], [place("waiting")], nothing, now);
    assert.deepEqual(answer, {
      outcome: "fits",
      certificates: [{ certificate: hers, place: place("waiting") }],
      others: [authority, stranger],
    });
  });

  it("may renew a certificate with the key that it has", async () => {
    const renewed = await again({ notAfter: new Date("2030-01-01") });
    const known = new Set([hers.fingerprint]);
    const answer = judgeAnswer([hers, renewed], [place("own")], known, now);
    assert.equal(answer.outcome, "fits");
    assert.deepEqual(
      answer.certificates.map(({ certificate }) => certificate),
      [renewed],
    );
    assert.equal(reason([hers], [place("own")], known, now), "known");
  });

  it("is wrong for a reason", async () => {
    const waiting = [place("waiting")];
    assert.equal(reason([authority], waiting, nothing, now), "only-authorities");
    assert.equal(reason([authority, stranger], waiting, nothing, now), "other-key");
    assert.equal(reason([stranger], [place("own")], nothing, now), "nothing-waiting");
    assert.equal(reason([stranger], [], nothing, now), "nothing-waiting");
    const server = await again({ extendedKeyUsage: "serverAuth" });
    assert.equal(reason([server], waiting, nothing, now), "not-for-mail");
    const expired = await again({ notAfter: new Date("2026-02-01") });
    assert.equal(reason([expired], waiting, nothing, now), "expired");
    assert.equal(reason([expired, hers], waiting, nothing, now), "fits");
  });
});

describe("keys that wait", () => {
  const waiting = (id: string, days: number): WaitingKey => ({
    id,
    name: "Dora",
    address: "dora@example.org",
    kind: "p-256",
    publicKey: Uint8Array.of(1, 2, 3),
    request: Uint8Array.of(4, 5, 6),
    createdAt: new Date(Date.UTC(2026, 5, days)),
  });
  const privateKey = new TextEncoder().encode("the private key of all these tests");

  it("rest sealed, oldest first, and come back after a restart and unlocking", async () => {
    const storage = testStorage();
    await storage.vault.create("twelve grey cats");
    await storage.waiting.add({ ...waiting("second", 2), privateKey });
    await storage.waiting.add({ ...waiting("first", 1), privateKey });
    assert.deepEqual(await storage.waiting.list(), [waiting("first", 1), waiting("second", 2)]);
    const records = await storage.raw((database) => database.getAll("waiting"));
    assert.ok(
      !JSON.stringify(records.map((each) => Object.values(each.privateKey.ciphertext))).includes(
        JSON.stringify([...privateKey]).slice(1, -1),
      ),
    );
    await storage.vault.lock();
    await assert.rejects(storage.waiting.privateKey("first"), { code: "vault-locked" });
    await assert.rejects(storage.waiting.add({ ...waiting("third", 3), privateKey }), {
      code: "vault-locked",
    });
    await storage.vault.unlock("twelve grey cats");
    assert.deepEqual(await storage.waiting.privateKey("first"), privateKey);
  });

  it("cannot stand in for each other", async () => {
    const storage = testStorage();
    await storage.vault.create("twelve grey cats");
    await storage.waiting.add({ ...waiting("one", 1), privateKey });
    await storage.raw(async (database) => {
      const record = await database.get("waiting", "one");
      assert.ok(record);
      await database.put("waiting", { ...record, id: "other" });
    });
    await assert.rejects(storage.waiting.privateKey("other"), { code: "vault-damaged" });
  });

  it("are removed once, and go with the vault that sealed them", async () => {
    const storage = testStorage();
    await storage.vault.create("twelve grey cats");
    await storage.waiting.add({ ...waiting("one", 1), privateKey });
    await storage.waiting.add({ ...waiting("two", 2), privateKey });
    await storage.waiting.remove("one");
    await assert.rejects(storage.waiting.remove("one"), { code: "not-found" });
    await assert.rejects(storage.waiting.privateKey("one"), { code: "not-found" });
    await storage.vault.startAnew([]);
    assert.deepEqual(await storage.waiting.list(), []);
  });
});
