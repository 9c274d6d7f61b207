import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { multipart } from "../support/entities.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { encryptMessage, signMessage, textEntity, withHeaders } from "../support/openssl.ts";
import { ADDON, alice, bob, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** What stands in a message's place when the background is slow, fails, or has to forget. */
describe("the script in a message", () => {
  let mailServer: MailServer;
  let thunderbird: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    thunderbird = await startThunderbird({
      profileName: "display",
      mailServer,
      addon: ADDON,
      accounts: [alice],
    });
    await setUp(thunderbird, alice);
  });

  after(stopEverything);

  async function deliver(subject: string, content: Buffer): Promise<void> {
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: subject,
      Date: new Date().toUTCString(),
      "Message-ID": `<${crypto.randomUUID()}@smime.example>`,
    };
    await mailServer.deliver(alice.address, withHeaders(headers, content));
  }

  const encrypted = (content: Buffer) =>
    encryptMessage(content, [alice.decryption.certificatePem], { cipher: "aes-256-gcm" });

  it("says in words that a message could not be looked at, and tries again when asked", async () => {
    const parts = Array.from({ length: 2100 }, (_, number) => textEntity(`${number}\n`));
    await deliver("Too many parts", encrypted(multipart("mixed", ...parts)));
    await thunderbird.selectMessage("Too many parts");
    const message = thunderbird.message();
    const sentence = "This message is too large or too nested to check. It was not changed.";
    await message.waitForText(sentence);
    assert.ok((await message.buttons()).includes("Try again"));
    await thunderbird.screenshot("display-failed");
    assert.equal((await thunderbird.messageButton()).label, "Could not be checked");
    await message.click("Try again");
    await delay(500);
    await message.waitForText(sentence);
  });

  it("never draws one message's text into another's place", async () => {
    const long = "The long secret. ".repeat(200_000);
    await deliver("Long", encrypted(signMessage(textEntity(long), bob.signing)));
    await deliver("Short", encrypted(signMessage(textEntity("The short one.\n"), bob.signing)));
    await thunderbird.selectMessage("Short");
    const message = thunderbird.message();
    await message.waitForText("The short one.");
    for (const pause of [0, 250]) {
      await thunderbird.selectMessage("Long");
      await delay(pause);
      await thunderbird.selectMessage("Short");
      await message.waitForText("The short one.");
      await delay(1_500);
      const text = await message.text();
      assert.match(text, /The short one\./);
      assert.doesNotMatch(text, /The long secret/);
    }
  });

  it("takes the text off the screen at once when the vault is locked", async () => {
    await thunderbird.selectMessage("Long");
    const message = thunderbird.message();
    await message.waitForText("The long secret.");
    const toolbar = await thunderbird.openToolbarPopup();
    await toolbar.click("Lock now");
    await waitFor("the locked banner", async () =>
      (await message.text()).startsWith("This message is encrypted. Unlock your private key"),
    );
    assert.doesNotMatch(await message.text(), /The long secret/);
    await thunderbird.closePopup();
    assert.ok((await message.buttons()).includes("Unlock…"));
    assert.equal(await thunderbird.pageIsOpen("pages/prompt/"), false);
  });
});
