import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { unpacked } from "../support/build.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import {
  encryptMessage,
  signMessage,
  textEntity,
  withHeaders,
  type Cipher,
} from "../support/openssl.ts";
import { alice, bob, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

const TEXT = "Fünf Uhr früh.";

/** Without the bridge: where an encrypted message can be read, and what is left of it on the disk. */
describe("reading without the bridge", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "reading-standard",
      mailServer,
      addon: unpacked("standard"),
      accounts: [alice],
    });
    await setUp(hers, alice);
  });

  after(stopEverything);

  async function deliver(subject: string, cipher: Cipher): Promise<void> {
    const content = encryptMessage(
      signMessage(textEntity(TEXT), bob.signing),
      [alice.decryption.certificatePem],
      { cipher },
    );
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: subject,
      Date: new Date().toUTCString(),
      "Message-ID": `<${crypto.randomUUID()}@smime.example>`,
      ...(content.includes("MIME-Version") ? {} : { "MIME-Version": "1.0" }),
    };
    await mailServer.deliver(alice.address, withHeaders(headers, content));
  }

  const select = async (subject: string) =>
    hers.call("selectMessage", [alice.address, "Inbox", subject, 30_000, hers.addon], {
      milliseconds: 40_000,
    });

  it("shows authenticated encryption in its place, where Thunderbird does not know it", async () => {
    await deliver("In place", "aes-256-gcm");
    const version = parseInt(String(await hers.execute("return Services.appinfo.version;")));
    assert.equal(await select("In place"), version < 153 ? "offered" : "shown");
    await hers.selectMessage("In place");
    const text = await hers.message().waitForText("Encrypted and signed by bob@smime.example");
    assert.ok(text.includes(TEXT));
  });

  it("ends what draws all messages anew, also while the list shows an error page", async () => {
    await deliver("Unopened", "aes-256-cbc");
    assert.equal(await select("Unopened"), "offered");
    const options = await hers.openOptions("trust");
    const [anchor] = (await options.ask("trust.list")) as { fingerprint: string }[];
    await options.ask("trust.addKnown", { fingerprint: anchor?.fingerprint });
  });

  it("offers to open what Thunderbird replaces with an error page, and one click does", async () => {
    await deliver("By click", "aes-256-cbc");
    assert.equal(await select("By click"), "offered");
    await hers.screenshot("standard-offered");
    await hers.call("clickAction", [hers.addon, "toolbar", null]);
    await hers.call("untilMessageTab");
    const text = await hers.message().waitForText("Encrypted and signed by bob@smime.example");
    assert.ok(text.includes(TEXT));
    assert.equal((await hers.messageButton()).label, "Signed and encrypted");
    await hers.screenshot("standard-opened");
  });

  it("keeps nothing in the temporary folder that is not encrypted", () => {
    const folder = join(dirname(hers.profile), "tmp");
    const kept = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".eml"))
      .map((name) => readFileSync(join(folder, name), "latin1"));
    assert.ok(kept.length > 0);
    for (const content of kept) {
      assert.match(content, /Content-Type: application\/octet-stream; name="smime\.p7z"/);
      assert.doesNotMatch(content, /multipart\/signed|Uhr/);
    }
  });

  it("takes an answer from that tab for an answer to encrypted mail", async () => {
    const reply = await hers.reply();
    const popup = await hers.openComposePopup(reply);
    await popup.waitForText("Will not be sent like this.");
    await hers.closePopup();
    await reply.discard();
    await hers.closeTab();
  });

  it("has the contacts behind the button once the message is open, and offers it again when not", async () => {
    await waitFor("the offer", () => hers.call("opensEncrypted", [hers.addon]));
    await hers.call("clickAction", [hers.addon, "toolbar", null]);
    await hers.call("untilMessageTab");
    const tabs = await hers.execute("return mainWindow().tabmail.tabInfo.length;");
    for (const tab of ["of the message", "of the list"]) {
      const toolbar = await hers.openToolbarPopup();
      await toolbar.waitForText("bob@smime.example");
      await hers.screenshot(`standard-contacts-in-the-tab-${tab.replaceAll(" ", "-")}`);
      await hers.closePopup();
      await hers.execute("mainWindow().tabmail.switchToTab(0);");
    }

    await select("In place");
    assert.equal(await select("By click"), "offered");
    await hers.call("clickAction", [hers.addon, "toolbar", null]);
    await hers.call("untilMessageTab");
    assert.equal(await hers.execute("return mainWindow().tabmail.tabInfo.length;"), tabs);
    await hers.closeTab();
  });

  it("gives the button back to the contacts when another message is selected", async () => {
    const signed = signMessage(textEntity(TEXT), bob.signing);
    const headers = { From: bob.address, To: alice.address, Subject: "Signed" };
    await mailServer.deliver(alice.address, withHeaders(headers, signed));
    assert.equal(await select("Signed"), "shown");
    const toolbar = await hers.openToolbarPopup();
    await toolbar.waitForText("bob@smime.example");
    await hers.closePopup();
  });

  it("opens by itself when the settings say so", async () => {
    const options = await hers.openOptions("preferences");
    await options.click("As soon as I select such a message");
    await hers.screenshot("standard-options-reading");
    await deliver("By itself", "aes-256-cbc");
    await select("By itself");
    await hers.call("untilMessageTab");
    const text = await hers.message().waitForText("Encrypted and signed by bob@smime.example");
    assert.ok(text.includes(TEXT));
  });

  it("removes the file when Thunderbird exits", async () => {
    await hers.quit();
    const folder = join(dirname(hers.profile), "tmp");
    const kept = readdirSync(folder, { recursive: true, encoding: "utf8" });
    assert.deepEqual(
      kept.filter((name) => name.endsWith(".eml")),
      [],
    );
  });
});
