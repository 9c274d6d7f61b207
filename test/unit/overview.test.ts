import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Group } from "../../src/core/exchange/group.ts";
import type { OverviewRow } from "../../src/core/overview.ts";
import type { ContactView } from "../../src/core/protocol.ts";
import { alice, bob, dana, rsaRoot } from "../support/identities.ts";
import { storageNow, testStorage, type TestStorage } from "../support/storage.ts";

const identity = "alice@smime.example";
const soon = new Date(storageNow.getTime() + 1000);

function row(contact: string, change: Partial<OverviewRow> = {}): OverviewRow {
  return {
    identity,
    contact,
    group: "start",
    sort: contact,
    until: null,
    untrusted: false,
    view: { address: contact } as ContactView,
    ...change,
  };
}

/** Everything derived, with a row for each of these. */
async function withRows(...rows: readonly OverviewRow[]): Promise<TestStorage> {
  const storage = testStorage();
  const cards = rows.map(({ contact }) => ({
    id: `card of ${contact}`,
    book: "book",
    name: null,
    addresses: [contact],
  }));
  await storage.cards.replaceAll(cards);
  await derive(storage, rows);
  return storage;
}

async function derive(storage: TestStorage, rows: readonly OverviewRow[]): Promise<void> {
  const stale = await storage.overview.stale(storageNow, 100_000);
  await storage.overview.put(
    stale.map((each) => ({
      stale: each,
      rows: rows.filter(({ contact }) => contact === each.contact),
    })),
  );
  assert.deepEqual(await stalesOf(storage), []);
}

async function stalesOf(storage: TestStorage, now = storageNow): Promise<string[]> {
  return (await storage.overview.stale(now, 1000)).map(({ contact }) => contact).sort();
}

const firstPage = (storage: TestStorage, now = storageNow) =>
  storage.overview.page(identity, { after: null, count: 1000, now });

async function shown(storage: TestStorage, now = storageNow): Promise<string[]> {
  return (await firstPage(storage, now)).rows.map(({ address }) => address);
}

describe("the overview of contacts", () => {
  const groups: readonly Group[] = ["ready", "attend", "start", "act", "wait"];

  it("is in the order of the groups and then of the names, a page at a time", async () => {
    const rows = groups.flatMap((group) =>
      ["b", "a"].map((name) => row(`${name}.${group}@smime.example`, { group, sort: name })),
    );
    const storage = await withRows(...rows);
    const order = ["attend", "act", "wait", "ready", "start"].flatMap((group) => [
      `a.${group}@smime.example`,
      `b.${group}@smime.example`,
    ]);
    assert.deepEqual(await shown(storage), order);

    const paged: string[] = [];
    let end = null;
    do {
      const request = { after: end, count: 3, now: storageNow };
      const page = await storage.overview.page(identity, request);
      paged.push(...page.rows.map(({ address }) => address));
      end = page.end;
    } while (end !== null);
    assert.deepEqual(paged, order);
    assert.deepEqual(await storage.overview.counts(identity), {
      attend: 2,
      act: 2,
      wait: 2,
      ready: 2,
      start: 2,
    });
  });

  it("says that a page lacks somebody who is being looked at", async () => {
    const storage = await withRows(
      row("bob@smime.example"),
      row("carol@smime.example", { until: soon }),
    );
    assert.equal((await firstPage(storage)).complete, true);
    assert.equal((await firstPage(storage, soon)).complete, false, "one that has timed out");
    await storage.overview.touch("bob@smime.example");
    assert.equal((await firstPage(storage)).complete, false, "one whose facts have changed");
    const rows = ["bob@smime.example", "carol@smime.example"].map((contact) => row(contact));
    await derive(storage, rows);
    assert.equal((await firstPage(storage)).complete, true);
    await storage.overview.touch("new@smime.example");
    assert.equal((await firstPage(storage)).complete, false, "one without a row so far");
  });

  it("keeps identities apart", async () => {
    const storage = await withRows(
      row("bob@smime.example"),
      row("bob@smime.example", { identity: "alice@work.example", group: "act" }),
    );
    assert.deepEqual(await shown(storage), ["bob@smime.example"]);
    assert.equal((await storage.overview.counts("alice@work.example")).act, 1);
    assert.equal((await storage.overview.counts(identity)).act, 0);
  });

  const people = ["bob@smime.example", "dana@smime.example"] as const;
  const both = () => withRows(row(people[0]), row(people[1], { untrusted: true }));
  const certificate = {
    address: people[0],
    certificate: bob.encryption,
    source: "signature",
    firstSeen: storageNow,
    lastSeen: storageNow,
    capabilities: null,
  } as const;
  const changes: readonly (readonly [
    what: string,
    change: (storage: TestStorage) => Promise<unknown>,
    stale: readonly string[],
  ])[] = [
    [
      "a signal",
      ({ signals }) =>
        signals.record([
          {
            kind: "received-unsigned",
            identity,
            contact: people[0],
            messageId: "1@smime.example",
            at: storageNow,
          },
        ]),
      [people[0]],
    ],
    ["a certificate", ({ certificates }) => certificates.put(certificate), [people[0]]],
    [
      "a new authority in a message, for those whom nobody vouches for",
      ({ certificates }) => certificates.putIntermediates([rsaRoot]),
      [people[1]],
    ],
    ["a new trusted authority, for the same", ({ trust }) => trust.add(rsaRoot), [people[1]]],
    [
      "an authority that is trusted for less",
      async ({ trust }) => {
        await trust.add(rsaRoot);
        await trust.add(rsaRoot, "certificate");
      },
      people,
    ],
    [
      "an authority of Thunderbird's that the user does not trust",
      ({ trust }) => trust.setDistrusted("1234", true),
      people,
    ],
    [
      "a key of one's own",
      async ({ vault, keys }) => {
        await vault.create("correct horse battery");
        const { encryption, chain, decryptionKey } = alice;
        await keys.add([
          {
            certificate: encryption,
            chain,
            addedAt: storageNow,
            privateKey: decryptionKey,
          },
        ]);
      },
      people,
    ],
    ["another basis", ({ overview }) => overview.setBasis("another"), people],
    ["what no store knows of", ({ overview }) => overview.touch(people[1]), [people[1]]],
    [
      "another name in the address book",
      ({ cards }) =>
        cards.put([
          { id: `card of ${people[0]}`, book: "book", name: "Bob", addresses: [people[0]] },
        ]),
      [people[0]],
    ],
    ["a card that is gone", ({ cards }) => cards.remove([`card of ${people[1]}`]), [people[1]]],
    ["a book that is gone", ({ cards }) => cards.removeBook("book"), people],
  ];

  for (const [what, change, stale] of changes) {
    it(`does not believe rows any more after ${what}`, async () => {
      const storage = await both();
      let told = 0;
      storage.overview.onStale(() => told++);
      await change(storage);
      assert.deepEqual(await stalesOf(storage), [...stale]);
      assert.deepEqual(
        await shown(storage),
        people.filter((person) => !stale.includes(person)),
      );
      assert.ok(told > 0 || what === "another basis");
    });
  }

  it("goes on believing them after what changes nothing", async () => {
    const storage = await both();
    await storage.certificates.put(certificate);
    await storage.certificates.putIntermediates([rsaRoot]);
    await storage.overview.setBasis("basis");
    await derive(storage, [row(people[0]), row(people[1])]);
    await storage.overview.setBasis("basis");
    await storage.certificates.putIntermediates([rsaRoot]);
    await storage.cards.put(await storage.cards.forAddress(people[0]));
    assert.deepEqual(await stalesOf(storage), []);
    assert.deepEqual(await shown(storage), [...people]);
  });

  it("does not believe a row after its time", async () => {
    const storage = await withRows(row(people[0], { until: soon }), row(people[1]));
    assert.deepEqual(await stalesOf(storage), []);
    assert.deepEqual(await stalesOf(storage, soon), [people[0]]);
    assert.deepEqual(await shown(storage, soon), [people[1]]);
  });

  it("changes facts and belief together or not at all", async () => {
    const storage = await both();
    const unstorable = { ...certificate, capabilities: (() => undefined) as unknown as null };
    await assert.rejects(storage.certificates.put(unstorable));
    assert.deepEqual(await stalesOf(storage), []);
    assert.deepEqual(await storage.certificates.all(), []);
  });

  it("keeps a contact stale whose facts change while its rows are derived", async () => {
    const storage = await both();
    await storage.certificates.put(certificate);
    const stale = await storage.overview.stale(storageNow, 10);
    const other = { ...certificate, certificate: dana.encryption };
    await storage.certificates.put(other);
    await storage.overview.put(stale.map((each) => ({ stale: each, rows: [row(people[0])] })));
    assert.deepEqual(await stalesOf(storage), [people[0]]);
    assert.deepEqual(await shown(storage), [people[1]]);
  });

  it("forgets rows of identities and contacts that are no more", async () => {
    const storage = await withRows(
      row(people[0]),
      row(people[0], { identity: "alice@work.example" }),
    );
    await storage.overview.touch(people[0]);
    await derive(storage, [row(people[0])]);
    assert.equal((await storage.overview.counts("alice@work.example")).start, 0);
    await storage.cards.replaceAll([]);
    await derive(storage, []);
    assert.deepEqual(await shown(storage), []);
  });

  it("hands out the facts of many contacts at once", async () => {
    const storage = await both();
    await storage.certificates.put(certificate);
    const [first, second] = await storage.overview.facts(people, [identity]);
    assert.deepEqual(first?.certificates, [certificate]);
    assert.deepEqual(second?.certificates, []);
    assert.deepEqual(
      second.cards.map(({ addresses }) => addresses),
      [[people[1]]],
    );
  });
});
