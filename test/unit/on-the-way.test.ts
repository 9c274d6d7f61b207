import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { SmimeError } from "../../src/core/errors.ts";
import type { Signal } from "../../src/core/exchange/signals.ts";

/** What becomes of the facts about sent mail when Thunderbird ends before it could say so. */

const areas = { local: new Map<string, unknown>(), session: new Map<string, unknown>() };
/** Message-IDs that a folder for sent mail holds. */
const sent = new Set<string>();
const asked: string[] = [];

function area(values: Map<string, unknown>) {
  return {
    get: (key: string) => Promise.resolve(values.has(key) ? { [key]: values.get(key) } : {}),
    set: (change: object) => {
      for (const [key, value] of Object.entries(change)) values.set(key, structuredClone(value));
      return Promise.resolve();
    },
    remove: (key: string) => Promise.resolve(values.delete(key)),
  };
}

const mail = (messageId: string) => ({
  identity: "alice@smime.example",
  contacts: ["bob@smime.example", "carlos@smime.example"],
  messageId,
  certificate: "certificate",
  encrypted: true,
});

describe("mail that was on its way when Thunderbird ended", () => {
  let sending: (typeof import("../../src/background/on-send.ts"))["sending"];
  const recorded: Signal[] = [];
  let broken = false;

  before(async () => {
    Object.assign(globalThis, {
      browser: {
        storage: { local: area(areas.local), session: area(areas.session) },
        messages: {
          query: ({ headerMessageId }: { headerMessageId: string }) => {
            asked.push(headerMessageId);
            const folder = { specialUse: sent.has(headerMessageId) ? ["sent"] : ["drafts"] };
            return Promise.resolve({ messages: [{ folder }] });
          },
        },
      },
    });
    ({ sending } = await import("../../src/background/on-send.ts"));
  });

  const start = () =>
    sending({
      signals: {
        record: (signals: readonly Signal[]) => {
          if (broken) return Promise.reject(new SmimeError("storage-full"));
          recorded.push(...signals);
          return Promise.resolve();
        },
      },
      clock: { now: () => new Date("2026-11-20T12:00:00Z") },
      failures: { report: () => undefined },
    } as unknown as Parameters<typeof sending>[0]);

  const onTheWay = () => (areas.local.get("queued") as [string, unknown][]).map(([id]) => id);

  it("counts as sent where its copy is, once, and waits where it is not", async () => {
    areas.local.set("queued", [
      ["one@x", mail("one@x")],
      ["two@x", mail("two@x")],
    ]);
    sent.add("one@x");
    await start().lookAfter();
    assert.deepEqual(
      recorded.map(({ kind, contact, messageId }) => [kind, contact, messageId]),
      [
        ["sent-signed", "bob@smime.example", "one@x"],
        ["sent-signed", "carlos@smime.example", "one@x"],
      ],
    );
    assert.deepEqual(onTheWay(), ["two@x"]);
  });

  it("is looked for once in a session", async () => {
    asked.length = 0;
    await start().lookAfter();
    assert.deepEqual(asked, []);
    areas.session.clear();
    await start().lookAfter();
    assert.deepEqual(asked, ["two@x"]);
  });

  it("counts as sent when one of those answers to whom it went, and nobody else", async () => {
    const answer = (from: string, messageId: string) =>
      Buffer.from(
        `From: ${from}\r\nTo: alice@smime.example\r\nIn-Reply-To: <${messageId}>\r\n\r\n`,
      );
    areas.local.set("queued", [
      ["two@x", mail("two@x")],
      ["three@x", mail("three@x")],
    ]);
    const before = recorded.length;
    await start().answered(answer("Mallory <mallory@smime.example>", "three@x"));
    await start().answered(answer("alice@smime.example", "three@x"));
    await start().answered(answer("Bob <bob@smime.example>", "four@x"));
    assert.equal(recorded.length, before);
    await start().answered(answer("Bob <bob@SMIME.example>", "three@x"));
    assert.deepEqual(
      recorded.splice(before).map(({ contact, messageId }) => [contact, messageId]),
      [
        ["bob@smime.example", "three@x"],
        ["carlos@smime.example", "three@x"],
      ],
    );
    assert.deepEqual(onTheWay(), ["two@x"]);
  });

  it("is not forgotten where the fact cannot be written down", async () => {
    sent.add("two@x");
    areas.session.clear();
    broken = true;
    await assert.rejects(start().lookAfter());
    assert.deepEqual(onTheWay(), ["two@x"]);
    broken = false;
    areas.session.clear();
    await start().lookAfter();
    assert.deepEqual(onTheWay(), []);
    assert.equal(recorded.length, 4);
  });
});
