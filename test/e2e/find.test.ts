import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { encryptMessage } from "../../src/core/smime/encrypt.ts";
import * as rfc9216 from "../support/identities.ts";
import { inspect } from "../support/inspect.ts";
import { startMailServer } from "../support/mail-server.ts";
import { correspondents, fillLocalFolder, oldMessage } from "../support/old-mail.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, bob, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

const SIGNED = 1500;
const UNSIGNED = 500;
const PEOPLE = 10;
const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY);

interface Scan {
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** Years of mail are here already when the add-on comes. */
describe("finding certificates in old mail", () => {
  let thunderbird: Thunderbird;
  let options: Page;

  before(async () => {
    thunderbird = await startThunderbird({
      profileName: "find",
      mailServer: await startMailServer(),
      addon: ADDON,
      accounts: [alice],
    });
    const { root, people } = await correspondents(PEOPLE);
    const bulk: string[] = [];
    for (let index = 0; index < SIGNED + UNSIGNED; index++) {
      const person = people[index % PEOPLE];
      assert.ok(person);
      const signed = index % 4 !== 3;
      bulk.push(
        await oldMessage({
          ...{ from: person.address, to: alice.address, subject: `Minutes ${index}` },
          date: new Date(daysAgo(300).getTime() + index * 60_000),
          ...(signed ? { signer: person.signer } : {}),
        }),
      );
    }
    await fillLocalFolder(thunderbird, "Bulk", bulk);
    await fillLocalFolder(thunderbird, "Past", await conversation());
    await setUp(thunderbird, alice);
    options = await thunderbird.openOptions();
    const file = join(thunderbird.profile, "root.pem");
    writeFileSync(file, root.certificatePem);
    await options.click("Trust");
    await options.chooseFiles("Issuer’s certificate", file);
    await options.waitForText("1 certificate in this file");
    await options.click("Trust this issuer: Old Mail Root");
    await options.waitForText("Old Mail Root");
    await options.click("Find certificates in my mail");
  });
  after(stopEverything);

  /** Alice wrote signed, Bob answered signed and later encrypted. */
  async function conversation(): Promise<string[]> {
    const [hers, his] = [rfc9216.alice, rfc9216.bob];
    const hello = await oldMessage({
      ...{ from: alice.address, to: `Bob <${bob.address}>`, subject: "Hello" },
      ...{ date: daysAgo(60), signer: rfc9216.signerOf(hers), messageId: "hello@smime.example" },
    });
    const answer = await oldMessage({
      ...{ from: bob.address, to: alice.address, subject: "Re: Hello", date: daysAgo(59) },
      ...{ signer: rfc9216.signerOf(his), inReplyTo: "hello@smime.example" },
    });
    const signed = await oldMessage({
      ...{ from: bob.address, to: alice.address, subject: "Secret", date: daysAgo(50) },
      ...{ signer: rfc9216.signerOf(his), toBeEncrypted: true },
    });
    const secret = await encryptMessage(Buffer.from(signed, "latin1"), [
      { certificate: hers.encryption, capabilities: null },
    ]);
    // The answer lies in front of what it answers.
    return [answer, Buffer.from(secret).toString("latin1"), hello];
  }

  async function search(...folders: string[]): Promise<void> {
    await options.waitForText("How far back");
    for (const folder of ["Inbox", "Sent", ...folders]) await options.click(folder);
    await options.click("Search");
  }

  async function finished(): Promise<Scan> {
    await options.waitForText(/The search (is finished|was cancelled)/, 120_000);
    return (await options.ask("scan.state")) as Scan;
  }

  it("offers the folders, and marks those where mail comes in and goes out", async () => {
    await options.waitForText("How far back");
    await inspect(options, "find-choice");
    const chosen = await options.evaluate(() =>
      [...document.querySelectorAll<HTMLInputElement>("input:checked")].map(
        (box) => box.labels?.[0]?.textContent,
      ),
    );
    assert.deepEqual(chosen, ["Inbox", "Sent"]);
    assert.doesNotMatch(await options.text(), /Trash|Outbox|Drafts|Unsent/);
  });

  it("finds who signed, while the keys are locked", async () => {
    await options.ask("vault.lock");
    await search("Past");
    const { counts } = await finished();
    const { seen, signed, encrypted, locked, certificates } = counts;
    assert.deepEqual(
      { seen, signed, encrypted, locked, certificates },
      { seen: 3, signed: 2, encrypted: 1, locked: 1, certificates: 1 },
    );
    await options.waitForText("1 encrypted message stayed closed");
    await inspect(options, "find-locked");
  });

  it("knows the exchange with its dates, whatever order the mail lies in", async () => {
    await options.ask("vault.unlock", { passphrase: alice.passphrase });
    await options.click("Search again");
    await search("Past");
    const { counts } = await finished();
    assert.equal(counts["locked"], 0);
    assert.equal(counts["certificates"], 0, "that one is known by now");
    const contacts = await waitFor("the overview", async () => {
      const request = { identity: null, after: null, count: 50 };
      const page = (await options.ask("contacts.page", request)) as {
        readonly pending: boolean;
        readonly contacts: readonly {
          readonly address: string;
          readonly state: string;
          readonly evidence: Readonly<Record<string, string | null>>;
        }[];
      };
      return !page.pending && page.contacts;
    });
    const known = contacts.find(({ address }) => address === bob.address);
    assert.equal(known?.state, "complete");
    const day = (iso: string | null | undefined) => iso?.slice(0, 10);
    assert.equal(day(known.evidence["sent"]), day(daysAgo(60).toISOString()));
    assert.equal(day(known.evidence["received"]), day(daysAgo(50).toISOString()));
    assert.equal(day(known.evidence["encrypted"]), day(daysAgo(50).toISOString()));
  });

  it("takes little beyond what Thunderbird takes to hand messages over, and stays responsive", async () => {
    const fetching: number[] = [];
    const searching: number[] = [];
    let longest = 0;
    for (let round = 0; round < 2; round++) {
      const fetched = (await options.evaluateLong("fetchAll", ["Bulk", 6])) as {
        readonly messages: number;
        readonly milliseconds: number;
      };
      assert.equal(fetched.messages, SIGNED + UNSIGNED);
      fetching.push(fetched.milliseconds);
      await options.click("Search again");
      const watching = thunderbird.call("longestStop", [2_000]) as Promise<number>;
      await search("Bulk");
      longest = Math.max(longest, await watching);
      const scan = await finished();
      const { seen, signed, certificates, contacts } = scan.counts;
      assert.deepEqual({ seen, signed }, { seen: SIGNED + UNSIGNED, signed: SIGNED });
      const found = round === 0 ? PEOPLE : 0;
      assert.deepEqual({ certificates, contacts }, { certificates: found, contacts: found });
      searching.push(Date.parse(scan.endedAt ?? "") - Date.parse(scan.startedAt));
    }
    await inspect(options, "find-summary");
    const beyond = Math.min(...searching) - Math.min(...fetching);
    const rate = ((SIGNED + UNSIGNED) * 1000) / Math.max(beyond, 1);
    console.log(
      `search ${searching.join(", ")} ms; fetching alone ${fetching.map(Math.round).join(", ")} ms; ` +
        `${Math.round(rate)} a second beyond; longest stop ${Math.round(longest)} ms`,
    );
    // Most of these are signed, which is the most there is to do. A busy machine slows both alike.
    const share = beyond / Math.min(...fetching);
    assert.ok(share < 4, `${share.toFixed(1)} times as long as fetching`);
    assert.ok(longest < 500, `it stood still for ${Math.round(longest)} ms`);
  });

  it("pauses, and goes on after Thunderbird was closed", async () => {
    await options.click("Search again");
    await search("Bulk");
    await options.waitForText("Searching…");
    await options.click("Pause");
    await options.waitForText("The search is paused.");
    await inspect(options, "find-paused");
    const paused = (await options.ask("scan.state")) as Scan;
    assert.equal(paused.status, "paused");
    const before = paused.counts["seen"] ?? 0;
    assert.ok(before < SIGNED + UNSIGNED, `${before} were seen`);
    await thunderbird.restart();
    options = await thunderbird.openOptions();
    await options.click("Find certificates in my mail");
    await options.waitForText("The search is paused.");
    const after = (await options.ask("scan.state")) as Scan;
    assert.deepEqual(after, paused);
    await options.click("Continue");
    const { counts } = await finished();
    assert.equal(counts["seen"], SIGNED + UNSIGNED, "each was looked at once");
    assert.equal(counts["signed"], SIGNED);
  });

  for (const [how, end] of [
    ["closed", () => thunderbird.restart()],
    ["killed", () => thunderbird.crash()],
  ] as const) {
    it(`goes on by itself where Thunderbird was ${how} in the middle`, async () => {
      await options.click("Search again");
      await search("Bulk");
      await options.waitForText(/[1-9]\d* of them are signed/);
      await end();
      options = await thunderbird.openOptions();
      await options.click("Find certificates in my mail");
      const { status, counts } = await finished();
      assert.equal(status, "done");
      assert.equal(counts["seen"], SIGNED + UNSIGNED);
      assert.equal(counts["signed"], SIGNED);
    });
  }

  it("can be cancelled, and keeps what it found", async () => {
    await options.click("Search again");
    await search("Bulk");
    await options.waitForText("Searching…");
    await options.click("Cancel the search");
    const { status, counts } = await finished();
    assert.equal(status, "cancelled");
    assert.ok((counts["seen"] ?? 0) < SIGNED + UNSIGNED);
    await inspect(options, "find-cancelled");
  });
});
