import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { encryptMessage, signMessage, textEntity, withHeaders } from "../support/openssl.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { createAuthority } from "../support/pki.ts";
import { downloadsTo } from "../support/profile.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

const PASSWORD = "twelve grey cats";

/** The computer is gone; what is left is the file, and the mail on the server. */
describe("the backup of everything", () => {
  const folder = mkdtempSync(join(tmpdir(), "backup-"));
  const authority = createAuthority({ name: "Trusted by hand CA", keyType: "p256" });
  const carol = authority.issue({
    name: "Carol",
    address: "carol@smime.example",
    keyType: "p256",
  });
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await start("backup-old");
    await setUp(hers, alice);
  });
  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(profileName: string): Promise<Thunderbird> {
    return startThunderbird({
      profileName,
      mailServer,
      addon: ADDON,
      accounts: [alice],
      preferences: downloadsTo(folder),
    });
  }

  async function deliver(subject: string, from: string, entity: Buffer): Promise<void> {
    const headers = { From: from, To: alice.address, Subject: subject };
    const more = { Date: new Date().toUTCString(), "Message-ID": `<${subject}@smime.example>` };
    await mailServer.deliver(alice.address, withHeaders({ ...headers, ...more }, entity));
  }

  /** What the add-on's pages show of everything that it keeps. */
  async function everything(thunderbird: Thunderbird) {
    const options = await thunderbird.openOptions("certificates");
    const toolbar = await thunderbird.openToolbarPopup();
    await toolbar.waitForText("carol@smime.example");
    const contacts = await toolbar.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[role="row"]')]
        .map((row) => row.innerText.replace(/\s+/g, " ").trim())
        .sort(),
    );
    await thunderbird.closePopup();
    return {
      contacts,
      keys: await options.ask("keys.list"),
      people: await options.ask("people.list"),
      trust: await options.ask("trust.list"),
      settings: await options.ask("settings.get"),
    };
  }

  it("brings a new profile to where the old one was, and opens what is encrypted", async () => {
    await deliver(
      "Certificate",
      bob.address,
      signMessage(textEntity("Here it is.\n"), {
        ...bob.signing,
        chainPem: `${bob.decryption.certificatePem}\n${caPem}`,
      }),
    );
    await hers.selectMessage("Certificate");
    await hers.message().waitForText("Signed by bob@smime.example");
    await deliver("Unknown", carol.address ?? "", signMessage(textEntity("Me.\n"), carol));
    await hers.selectMessage("Unknown");
    await hers.message().waitForText("There is a signature, but");
    await deliver(
      "Old",
      bob.address,
      encryptMessage(textEntity("The text of years ago.\n"), [alice.decryption.certificatePem], {
        cipher: "aes-256-cbc",
      }),
    );
    const draft = await hers.newMessage();
    await draft.fill({ to: [bob.address], subject: "To Bob", body: "Encrypted.\n" });
    await waitFor("encryption", async () => (await draft.button()).label === "Encrypted");
    assert.deepEqual(await draft.send(), { outcome: "sent" });

    const path = join(folder, "ca.pem");
    writeFileSync(path, authority.certificatePem);
    const trust = await hers.openOptions("trust");
    await trust.chooseFiles("Issuer’s certificate", path);
    await trust.click("Trust this issuer: Trusted by hand CA");
    await trust.waitForText("Trusted by hand CA is trusted now.");
    const preferences = await hers.openOptions("preferences");
    await preferences.choose("Lock again after", "15 minutes without use");
    await preferences.click("Sign only");
    await preferences.click("Save a backup…");
    await preferences.type("Password for the file", PASSWORD);
    await preferences.type("The same password again", PASSWORD);
    await preferences.click("Save the file");
    await preferences.waitForText(/Saved: .*smime-exchange-.*\.backup/, 60_000);
    const saved = readdirSync(folder).find((name) => name.endsWith(".backup"));
    assert.ok(saved);
    await waitFor("the exchange", async () =>
      (await everything(hers)).contacts.some((line) => /bob@.*encrypted/i.test(line)),
    );
    const before = await everything(hers);
    await hers.stop();

    const anew = await start("backup-new");
    const options = await anew.openOptions("preferences");
    await options.chooseFiles("Restore from a backup", join(folder, saved));
    await options.type("Password of the backup", PASSWORD);
    await options.click("Restore");
    await options.waitForText("New passphrase", 60_000);
    await options.type("New passphrase", "a machine of its own");
    await options.type("The same passphrase again", "a machine of its own");
    await options.click("Set passphrase");
    await options.waitForText(/Restored\.[^]*2 certificates of yours/, 60_000);
    await waitFor("the contacts", async () =>
      (await everything(anew)).contacts.some((line) => line.includes("bob@smime.example")),
    );
    assert.deepEqual(await everything(anew), before);

    await anew.selectMessage("Old");
    await anew.message().waitForText("The text of years ago.");
    await anew.selectMessage("Unknown");
    await anew.message().waitForText("Signed by carol@smime.example");
  });
});
