import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import type { Page } from "../support/page.ts";
import { ADDON } from "../support/people.ts";
import { createAuthority, openssl, withFiles, type Identity } from "../support/pki.ts";
import { downloadsTo } from "../support/profile.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** Of the library that scripts in a page have at hand. */
declare function readText(root: Element): string;

const DAY = 24 * 60 * 60 * 1000;
const PASSPHRASE = "seventeen green umbrellas";
const BACKUP_PASSWORD = "Käse, Brot und elf Oliven";

/** One address with certificates that follow each other. */
describe("own certificates", () => {
  let thunderbird: Thunderbird;
  let mailServer: MailServer;
  const folder = mkdtempSync(join(tmpdir(), "own-certificates-"));
  const authority = createAuthority({ name: "Example Trust Centre" });
  const alice = { name: "Alice Lovelace", address: "alice@smime.example" };
  const day = (days: number) => new Date(Date.now() + days * DAY);
  const ending = authority.issue({ ...alice, notBefore: day(-300), notAfter: day(10.5) });
  const renewed = authority.issue({ ...alice, notBefore: day(-1), notAfter: day(700) });
  const expired = authority.issue({ ...alice, notBefore: day(-900), notAfter: day(-100) });

  before(async () => {
    mailServer = await startMailServer();
    thunderbird = await startThunderbird({
      profileName: "own-certificates",
      mailServer,
      addon: ADDON,
      accounts: [alice],
      preferences: downloadsTo(folder),
    });
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  async function take(options: Page, identity: Identity, name: string): Promise<void> {
    const path = join(folder, name);
    writeFileSync(path, identity.p12({ password: "" }));
    await options.chooseFiles("Certificate file (.p12 or .pfx)", path);
    await options.waitForText("What is in this file");
    await options.click("Import");
  }

  /** The certificates as the page lists them: what is in use, or what is said of the others. */
  async function listed(options: Page): Promise<{ fingerprint: string; text: string }[]> {
    const cards = await options.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>(".own-keys > li")].map((card) => ({
        fingerprint: card.dataset["fingerprint"] ?? "",
        text: readText(card),
      })),
    );
    return cards;
  }

  async function inUse(options: Page, identity: Identity, uses: string | null): Promise<void> {
    const wanted = fingerprint(identity);
    await waitFor(`${identity.name} in use: ${String(uses)}`, async () => {
      const card = (await listed(options)).find((each) => each.fingerprint === wanted);
      if (card === undefined) return false;
      return uses === null ? !card.text.includes("In use") : card.text.includes(`In use: ${uses}`);
    });
  }

  it("says 30 days ahead when one ends, and leads to a new one", async () => {
    const options = await thunderbird.openOptions();
    await take(options, ending, "ending.p12");
    await options.waitForText("Choose a passphrase");
    await options.type("New passphrase", PASSPHRASE);
    await options.type("The same passphrase again", PASSPHRASE);
    await options.click("Set passphrase");
    const text = await options.waitForText(/It ends on .*, in 10 days\. Get a new one now/);
    assert.match(text, /In use: signing, encryption/);
    await inspect(options, "options-certificate-ending");
    await options.click("Get a new certificate");
    await options.waitForText("Certificates come from issuers");
  });

  it("is to be renewed, says the toolbar, and leads to where the new one is imported", async () => {
    const draft = await thunderbird.newMessage();
    await draft.fill({ to: ["bob@smime.example"], subject: "Hello", body: "Signed.\n" });
    assert.deepEqual(await draft.send(), { outcome: "sent" });

    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText(/bob@smime\.example[^]*Your certificate expires on/);
    await inspect(popup, "toolbar-renew");
    await popup.click("Import new certificate: bob@smime.example");
    const options = await thunderbird.addonPage("pages/options/");
    await options.waitForText("My certificates");
    await waitFor(
      "the popup to close",
      async () => !(await thunderbird.pageIsOpen("pages/toolbar/")),
    );
    assert.equal(await options.evaluate(() => location.hash), "#certificates");
  });

  it("keeps old ones for reading, and the newest is in use", async () => {
    const options = await thunderbird.openOptions();
    await take(options, expired, "expired.p12");
    await options.waitForText("Imported: Alice Lovelace");
    await take(options, renewed, "renewed.p12");
    await inUse(options, renewed, "signing, encryption");
    await inUse(options, ending, null);
    await inUse(options, expired, null);
    const text = await options.text();
    assert.match(text, /Kept for reading[^]*Expired on/);
  });

  it("is announced from the toolbar, signed with the new one", async () => {
    const popup = await thunderbird.openToolbarPopup();
    await popup.waitForText("You have a new certificate. They only know the old one.");
    await inspect(popup, "toolbar-announce");
    await popup.click("Announce my new certificate: bob@smime.example");
    const draft = await thunderbird.openedComposition();
    await waitFor("the draft", async () => (await draft.state()).to.length > 0);
    const { to, subject, body } = await draft.state();
    assert.deepEqual([to, subject], [["bob@smime.example"], "My new certificate"]);
    assert.match(body, /I have a new certificate/);
    await waitFor("its fate", async () => (await draft.button()).label === "Signed");
    await draft.discard();
  });

  it("offers to tell those who have the old one, each by a message of their own", async () => {
    const options = await thunderbird.openOptions();
    await options.waitForText(/1 person still has your old certificate\.[^]*bob@smime\.example/);
    await inspect(options, "options-certificates-several");
    await options.click("Write to bob@smime.example");
    const draft = await thunderbird.openedComposition();
    const { to, subject, body } = await draft.state();
    assert.deepEqual([to, subject], [["bob@smime.example"], "My new certificate"]);
    assert.match(body, /I have a new certificate/);
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    const again = await thunderbird.openOptions();
    await again.evaluate(() => window.dispatchEvent(new Event("focus")));
    await waitFor("nobody to be left", async () => !(await again.text()).includes("still has"));
  });

  it("lets the user choose another one", async () => {
    const options = await thunderbird.openOptions();
    await options.click("Use this one: Alice Lovelace");
    await inUse(options, ending, "signing, encryption");
    await inUse(options, renewed, null);
    await options.click("Use this one: Alice Lovelace");
    await inUse(options, renewed, "signing, encryption");
  });

  it("saves one with its key for openssl to read, under a good password only", async () => {
    const options = await thunderbird.openOptions();
    await options.click("Back up Alice Lovelace…");
    await options.type("Password for the file", "password1");
    await options.type("The same password again", "password1");
    await options.click("Save the file");
    await options.waitForText("This password is too easy to guess");
    await options.type("Password for the file", BACKUP_PASSWORD);
    await options.click("Save the file");
    await options.waitForText("The two passwords differ.");
    await options.type("The same password again", BACKUP_PASSWORD);
    await inspect(options, "options-backup-password");
    await options.click("Save the file");
    await options.waitForText("Cancel");
    await inspect(options, "options-backup-saving");
    await options.waitForText(/Saved: .*alice@smime\.example\.p12/, 120_000);
    await inspect(options, "options-backup-saved");
    const saved = readFileSync(join(folder, "alice@smime.example.p12"));
    const pem = withFiles({ file: saved, password: `${BACKUP_PASSWORD}\n` }, (path) =>
      openssl([
        ...["pkcs12", "-in", path("file"), "-passin", `file:${path("password")}`, "-nodes"],
      ]).toString(),
    );
    assert.equal(
      openssl(["x509", "-outform", "DER"], pem).compare(Buffer.from(renewed.certificate)),
      0,
    );
    assert.equal(
      openssl(["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], pem).compare(
        Buffer.from(renewed.privateKey),
      ),
      0,
    );
    await options.click("Close");
  });

  it("writes no file where the user thinks better of it", async () => {
    const options = await thunderbird.openOptions();
    await options.click("Back up Alice Lovelace…");
    await options.type("Password for the file", BACKUP_PASSWORD);
    await options.type("The same password again", BACKUP_PASSWORD);
    await options.click("Save the file");
    await waitFor("the work to begin", () =>
      options.evaluate(() => document.querySelector("progress") !== null),
    );
    await options.click("Cancel");
    await options.waitForText("Back up…");
    assert.equal(readdirSync(folder).filter((name) => name.startsWith("alice@")).length, 1);
  });

  it("warns before a key in use is deleted", async () => {
    const options = await thunderbird.openOptions();
    await options.click("Remove Alice Lovelace…");
    await options.waitForText(
      /cannot be read any more\.[^]*It is in use for: signing, encryption\./,
    );
    await inspect(options, "options-remove-key");
    await options.click("Back up first…");
    await options.waitForText("Password for the file");
    assert.equal((await listed(options)).length, 3);
    await options.click("Cancel");
    await options.click("Remove Alice Lovelace…");
    await options.click("Remove certificate and key");
    await inUse(options, ending, "signing, encryption");
    assert.equal((await listed(options)).length, 2);
  });

  it("has people and an issuer beside them, for the backup", async () => {
    const bob = authority.issue({ name: "Bob", address: "bob@smime.example" });
    writeFileSync(join(folder, "ca.pem"), authority.certificatePem);
    writeFileSync(join(folder, "bob.cer"), bob.certificate);
    const trust = await thunderbird.openOptions("trust");
    await trust.chooseFiles("Issuer’s certificate", join(folder, "ca.pem"));
    await trust.click("Trust this issuer: Example Trust Centre");
    await trust.waitForText("Example Trust Centre is trusted now.");
    const people = await thunderbird.openOptions("people");
    await people.chooseFiles("Certificates of others", join(folder, "bob.cer"));
    await people.click("Add 1 certificate");
    await people.waitForText("1 certificate was added.");
  });

  it("saves everything in one encrypted file, and brings back what is gone", async () => {
    const options = await thunderbird.openOptions("preferences");
    await options.waitForText("Backup of everything");
    await options.click("Save a backup…");
    await options.type("Password for the file", BACKUP_PASSWORD);
    await options.type("The same password again", BACKUP_PASSWORD);
    await options.click("Save the file");
    await options.waitForText(/Saved: .*smime-exchange-.*\.backup/, 60_000);
    await inspect(options, "options-everything-saved");
    await options.click("Close");
    const saved = readdirSync(folder).find((name) => name.endsWith(".backup"));
    assert.ok(saved);

    const list = await thunderbird.openOptions("certificates");
    for (const left of [1, 0]) {
      await list.click("Remove Alice Lovelace…");
      await list.click("Remove certificate and key");
      await waitFor(`${left} certificates`, async () => (await listed(list)).length === left);
    }
    const again = await thunderbird.openOptions("preferences");
    await again.waitForText("Restore from a backup");
    writeFileSync(join(folder, "other.backup"), "no backup\n");
    await again.chooseFiles("Restore from a backup", join(folder, "other.backup"));
    await again.type("Password of the backup", BACKUP_PASSWORD);
    await again.click("Restore");
    await again.waitForText("This is not a backup of S/MIME Exchange. Nothing was changed.");
    await again.chooseFiles("Restore from a backup", join(folder, saved));
    await again.type("Password of the backup", "another");
    await again.click("Restore");
    await again.waitForText("This password does not open the backup. Nothing was changed.", 60_000);
    await again.type("Password of the backup", BACKUP_PASSWORD);
    await again.click("Restore");
    await again.waitForText(/Restored\.[^]*2 certificates of yours[^]*0 people/, 60_000);
    await inspect(again, "options-everything-restored");
    const back = await thunderbird.openOptions("certificates");
    await inUse(back, ending, "signing, encryption");
    await inUse(back, expired, null);
  });
});

function fingerprint({ certificatePem }: Identity): string {
  const printed = openssl(["x509", "-noout", "-fingerprint", "-sha256"], certificatePem);
  return printed.toString().replace(/^.*=/, "").replace(/[:\s]/g, "").toLowerCase();
}
