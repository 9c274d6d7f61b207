import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { longWork } from "../../src/background/work.ts";
import { selectForDrafts, selectOwn } from "../../src/core/exchange/select-certificate.ts";
import { fileName } from "../../src/core/file-name.ts";
import { readKeyFile } from "../../src/core/pkcs12/read.ts";
import { writeKeyFile } from "../../src/core/pkcs12/write.ts";
import type { OwnKey } from "../../src/core/ports.ts";
import type { OwnKeyView } from "../../src/core/protocol.ts";
import { canBePreferred, keyGroups } from "../../src/pages/options/own-key-groups.ts";
import { daysAgo, now, ownKey } from "../support/exchange-facts.ts";

describe("the certificate that the user chooses", () => {
  const address = "alice@example.org";
  const preferred = (own: OwnKey, days: number): OwnKey => ({ ...own, preferredAt: daysAgo(days) });
  const names = (...keys: OwnKey[]) => {
    const { signing, encryption } = selectOwn(keys, address, now);
    return [signing, encryption].map((own) => own?.certificate.fingerprint ?? null);
  };
  const older = ownKey("older", { notBefore: daysAgo(300) });
  const newer = ownKey("newer", { notBefore: daysAgo(30) });
  const id = (own: OwnKey) => own.certificate.fingerprint;

  it("is in use instead of a newer one, and the one chosen last counts", () => {
    assert.deepEqual(names(older, newer), [id(newer), id(newer)]);
    assert.deepEqual(names(preferred(older, 2), newer), [id(older), id(older)]);
    assert.deepEqual(names(preferred(older, 2), preferred(newer, 1)), [id(newer), id(newer)]);
  });

  it("is not in use once it has expired, but drafts rest under a valid one of the same address", () => {
    const expired = ownKey("expired", { notBefore: daysAgo(300), notAfter: daysAgo(1) });
    assert.deepEqual(names(preferred(expired, 2), newer), [id(newer), id(newer)]);
    const draft = selectForDrafts([preferred(expired, 2), newer], address, now);
    assert.equal(draft?.own, newer);
  });

  it("for encryption is not overruled by the one that signs", () => {
    const seals = ownKey("seals", { use: "encrypt" });
    assert.deepEqual(names(seals, newer), [id(newer), id(newer)]);
    assert.deepEqual(names(preferred(seals, 1), newer), [id(newer), id(seals)]);
    assert.deepEqual(names(preferred(seals, 2), preferred(newer, 1)), [id(newer), id(newer)]);
  });
});

describe("the list of own certificates", () => {
  const view = (
    fingerprint: string,
    notBefore: string,
    identities: OwnKeyView["identities"],
    more: Partial<OwnKeyView> = {},
  ): OwnKeyView => ({
    fingerprint,
    name: fingerprint,
    addresses: [],
    issuer: "Issuer",
    notBefore,
    notAfter: "2030",
    uses: ["sign", "encrypt"],
    key: "RSA 3072",
    accounts: [],
    identities,
    endsInDays: null,
    validity: "valid",
    trust: { ok: true },
    ...more,
  });
  const address = "a@example.org";
  const both = [{ address, inUseFor: ["sign", "encrypt"] }] as const;
  const none = [{ address, inUseFor: [] }] as const;

  it("has what is in use first, then what is kept, newest first, then what fits no account", () => {
    const groups = keyGroups([
      view("old", "2020", none),
      view("stray", "2026", []),
      view("older", "2018", none),
      view("current", "2024", both),
      view("other", "2024", [{ address: "b@example.org", inUseFor: ["sign"] }]),
    ]).map(({ address, current, others }) => [
      address,
      current.map(({ fingerprint }) => fingerprint),
      others.map(({ fingerprint }) => fingerprint),
    ]);
    assert.deepEqual(groups, [
      [address, ["current"], ["old", "older"]],
      ["b@example.org", ["other"], []],
      [null, [], ["stray"]],
    ]);
    assert.deepEqual(keyGroups([]), []);
  });

  it("lets one be chosen that is valid and not in use for all it can do", () => {
    assert.ok(canBePreferred(view("old", "2020", none), address));
    assert.ok(!canBePreferred(view("current", "2020", both), address));
    assert.ok(!canBePreferred(view("old", "2020", none, { validity: "expired" }), address));
    assert.ok(!canBePreferred(view("useless", "2020", none, { uses: [] }), address));
    assert.ok(!canBePreferred(view("stray", "2020", []), null));
  });
});

describe("work that takes seconds", () => {
  it("tells how far it is and writes the same file as at one go", async () => {
    const shares: number[] = [];
    const file = await writeKeyFile([], "twelve grey cats", "modern", (share) => {
      shares.push(share);
      return Promise.resolve();
    });
    assert.ok(shares.length > 20);
    assert.deepEqual(
      shares,
      [...shares].sort((a, b) => a - b),
    );
    assert.ok((shares.at(0) ?? 1) < 0.02 && (shares.at(-1) ?? 0) > 0.97);
    // The password opens it: the file only lacks what was not given.
    await assert.rejects(readKeyFile(file, "twelve grey cats"), { code: "pkcs12-no-private-key" });
    await assert.rejects(readKeyFile(file, "another"), { code: "pkcs12-wrong-password" });
  });

  it("ends when it is cancelled, and only that work", async () => {
    const work = longWork();
    const running = work.run("one", async (watch) => {
      for (;;) await watch(0.5);
    });
    const other = work.run("other", async (watch) => {
      await watch(0.25);
      return "done";
    });
    assert.deepEqual([work.progress("one")?.share, work.progress("other")?.share], [0.5, 0.25]);
    work.cancel("one");
    assert.equal(await running, null);
    assert.equal(await other, "done");
    assert.equal(work.progress("one"), null);
    await assert.rejects(
      work.run("fails", () => Promise.reject(new Error("of its own"))),
      /of its own/,
    );
  });
});

it("names of saved files hold no path and nothing invisible", () => {
  assert.equal(fileName("alice@example.org", "p12"), "alice@example.org.p12");
  assert.equal(fileName("../../a/b c", "p12"), "a-b-c.p12");
  assert.equal(fileName("zo\u00eb\u202egpj", "csr"), "zoë-gpj.csr");
  assert.equal(fileName("", "csr"), "file.csr");
  assert.equal(fileName("x".repeat(300), "p12").length, 84);
});
