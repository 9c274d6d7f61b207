import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { signMessage, textEntity, withHeaders } from "../support/openssl.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, caFile } from "../support/people.ts";
import { createAuthority, type Identity } from "../support/pki.ts";
import { stopEverything } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** Whose word counts, and since when, and how to change that. */
describe("trust", () => {
  let mailServer: MailServer;
  let thunderbird: Thunderbird;
  let options: Page;
  const folder = mkdtempSync(join(tmpdir(), "trust-"));
  const root = createAuthority({ name: "Harbour Root", keyType: "p256" });
  const below = createAuthority({ name: "Harbour Mail CA", keyType: "p256", issuer: root });
  const stranger = createAuthority({ name: "Far Away CA", keyType: "p256" });
  const issue = (of: typeof root, name: string) =>
    of.issue({ name, address: `${name.toLowerCase()}@harbour.example`, keyType: "p256" });
  const grace = issue(below, "Grace");
  const heidi = issue(stranger, "Heidi");
  const ivan = issue(stranger, "Ivan");

  before(async () => {
    mailServer = await startMailServer();
    thunderbird = await startThunderbird({
      profileName: "trust",
      mailServer,
      addon: ADDON,
      accounts: [alice],
    });
    for (const person of [grace, heidi, ivan]) await deliver(person);
    await openTrust();
  });
  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  async function deliver(person: Identity): Promise<void> {
    const entity = signMessage(textEntity("Ahoy.\n"), person);
    await mailServer.deliver(
      alice.address,
      withHeaders(
        {
          From: person.address ?? "",
          To: alice.address,
          Subject: `Ahoy from ${person.name}`,
          Date: new Date().toUTCString(),
          "Message-ID": `<${crypto.randomUUID()}@harbour.example>`,
        },
        entity,
      ),
    );
  }

  async function openTrust(): Promise<void> {
    options = await thunderbird.openOptions();
    await options.click("Trust");
    await options.waitForText("Issuers that Thunderbird trusts");
  }

  async function choose(name: string, content: string): Promise<void> {
    const path = join(folder, name);
    writeFileSync(path, content);
    await options.chooseFiles("Issuer’s certificate", path);
  }

  const button = async (person: Identity) => {
    await thunderbird.selectMessage(`Ahoy from ${person.name}`);
    return thunderbird.message();
  };

  it("says what it would mean, and changes nothing before it is given", async () => {
    await choose("chain.pem", below.certificatePem + root.certificatePem + grace.certificatePem);
    await options.waitForText("3 certificates in this file");
    await options.waitForText("this key belongs to this mail address");
    await options.waitForText("An issuer at the top of its hierarchy.");
    await options.waitForText("An issuer below another one.");
    await options.waitForText("It cannot be trusted as one.");
    const names = (await options.buttons()).filter((name) => name.startsWith("Trust this issuer"));
    assert.deepEqual(names, [
      "Trust this issuer: Harbour Mail CA",
      "Trust this issuer: Harbour Root",
    ]);
    await inspect(options, "trust-preview");
    await options.click("Cancel");
    assert.deepEqual(await options.ask("trust.list"), []);
  });

  it("is given to an issuer of a file, and remembers which one and when", async () => {
    await choose("chain.pem", below.certificatePem + root.certificatePem);
    await options.waitForText("2 certificates in this file");
    await options.click("Trust this issuer: Harbour Root");
    await options.waitForText("Harbour Root is trusted now.");
    await options.waitForText(/From the file chain\.pem, on \w+ \d+, \d{4}\./);
    await inspect(options, "trust-own");
    await (await button(grace)).waitForText("Signed by grace@harbour.example");
    await openTrust();
  });

  it("in an issuer can be taken back", async () => {
    await options.click("Remove Harbour Root…");
    await options.waitForText("No longer trust Harbour Root?");
    await options.evaluate(() => {
      document.querySelector<HTMLElement>('dialog [data-action="confirm"]')?.click();
    });
    await options.waitForText("You have not added any issuers.");
    assert.deepEqual(await options.ask("trust.list"), []);
    await choose("again.pem", root.certificatePem);
    await options.click("Trust this issuer: Harbour Root");
    await options.waitForText("From the file again.pem");
  });

  it("in a single certificate says whose message brought it, and can be taken back", async () => {
    await button(heidi);
    const [known] = (await options.ask("people.list")) as {
      readonly address: string;
      readonly certificates: readonly { readonly fingerprint: string }[];
    }[];
    assert.equal(known?.address, "grace@harbour.example");
    const all = (await options.ask("people.list")) as (typeof known)[];
    const hers = all.find(({ address }) => address === "heidi@harbour.example");
    await options.ask("trust.addCertificate", {
      fingerprint: hers?.certificates[0]?.fingerprint ?? "",
    });
    await openTrust();
    await options.waitForText("It came in a message of heidi@harbour.example.");
    await inspect(options, "trust-single");
    await (await button(heidi)).waitForText("Signed by heidi@harbour.example");
    assert.doesNotMatch(await (await button(ivan)).text(), /Signed by ivan/);
    await openTrust();
    await options.click("Remove Heidi…");
    await options.waitForText("Messages of its owner are then shown as not confirmed");
    await options.evaluate(() => {
      document.querySelector<HTMLElement>('dialog [data-action="confirm"]')?.click();
    });
    await options.waitForText("You have not trusted any single certificate.");
  });

  it("in Thunderbird's own issuers can be looked up, taken away and given back", async () => {
    const shown = () =>
      options.evaluate(() =>
        [...document.querySelectorAll("#built-in-issuers > li .name")].map(
          (name) => name.textContent,
        ),
      );
    assert.ok((await shown()).length > 50);
    assert.match(await options.text(), /The list for mail of Thunderbird \d+\.\d/);
    await options.type("Find in", "actalis");
    await options.waitForText("1 issuer found.");
    assert.deepEqual(await shown(), ["Actalis Authentication Root CA"]);
    await options.evaluate(() => {
      document.querySelector<HTMLElement>("#built-in-issuers summary")?.click();
    });
    await options.waitForText("Fingerprint");
    await inspect(options, "trust-built-in");
    await options.click("No longer trust Actalis Authentication Root CA…");
    await options.waitForText("Certificates of this issuer then count as not confirmed");
    await options.evaluate(() => {
      document.querySelector<HTMLElement>('dialog [data-action="confirm"]')?.click();
    });
    await options.waitForText("Not trusted");
    await inspect(options, "trust-distrusted");
    await options.click("Trust again: Actalis Authentication Root CA");
    await options.waitForText("No longer trust…");
    assert.doesNotMatch(await options.text(), /Not trusted/);
  });

  it("refuses what is no certificate", async () => {
    await choose("nothing.pem", "Hello");
    await options.waitForText("There is no certificate in this file");
    await options.chooseFiles("Issuer’s certificate", caFile);
    await options.waitForText("1 certificate in this file");
  });
});
