import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";

type Listener = () => void;

describe("the identities that reading knows", () => {
  const listeners = new Map<string, Listener>();
  let asked = 0;
  let fails = false;
  let identities: typeof import("../../src/thunderbird/identities.ts");

  before(async () => {
    const events = (namespace: string) =>
      Object.fromEntries(
        ["onCreated", "onUpdated", "onDeleted"].map((name) => [
          name,
          {
            addListener: (listener: Listener) => listeners.set(`${namespace}.${name}`, listener),
          },
        ]),
      );
    const list = () => {
      asked++;
      if (fails) return Promise.reject(new Error("not now"));
      const alice = { id: `id${asked}`, email: "alice@smime.example", name: "Alice" };
      return Promise.resolve([{ id: "account1", name: "Mail", identities: [alice] }]);
    };
    Object.assign(globalThis, {
      browser: { accounts: { ...events("accounts"), list }, identities: events("identities") },
    });
    identities = await import("../../src/thunderbird/identities.ts");
    identities.watchIdentities();
  });

  beforeEach(() => {
    fails = false;
    listeners.get("accounts.onCreated")?.();
    asked = 0;
  });

  it("are asked for once", async () => {
    const [one, other] = await Promise.all([
      identities.knownIdentities(),
      identities.knownIdentities(),
    ]);
    assert.equal(one, other);
    assert.equal(await identities.knownIdentities(), one);
    assert.equal(asked, 1);
  });

  for (const namespace of ["accounts", "identities"]) {
    for (const name of ["onCreated", "onUpdated", "onDeleted"]) {
      it(`are asked for anew after ${namespace}.${name}`, async () => {
        await identities.knownIdentities();
        listeners.get(`${namespace}.${name}`)?.();
        const [anew] = await identities.knownIdentities();
        assert.equal(anew?.id, "id2");
      });
    }
  }

  it("are asked for anew where they could not be told", async () => {
    fails = true;
    await assert.rejects(identities.knownIdentities());
    fails = false;
    assert.equal((await identities.knownIdentities()).length, 1);
  });
});
