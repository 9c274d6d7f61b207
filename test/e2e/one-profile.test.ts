import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { decryptMessage, verifyMessage } from "../support/openssl.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** The walk that the README describes for `npm start`: both people in one Thunderbird. */
describe("one profile with two accounts", () => {
  let mailServer: MailServer;
  let thunderbird: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    const options = { profileName: "both", mailServer, addon: ADDON, accounts: [alice, bob] };
    thunderbird = await startThunderbird(options);
  });

  after(stopEverything);

  it("takes up both key files behind one passphrase", async () => {
    await setUp(thunderbird, alice);
    const options = await thunderbird.addonPage("pages/options/");
    await options.chooseFiles("Certificate file (.p12 or .pfx)", bob.keyFile);
    await options.waitForText("Password of this file");
    await options.type("Password of this file", bob.password);
    await options.click("Open the file");
    await options.waitForText("What is in this file");
    await options.click("Import");
    await options.waitForText(`Imported: ${bob.name}`);
  });

  it("goes through the exchange as with two strangers", async () => {
    const start = await thunderbird.openToolbarPopup();
    await start.type("New contact: mail address", bob.address);
    await start.click("Send a signed hello");
    const hello = await thunderbird.openedComposition();
    const draft = await hello.state();
    assert.match(draft.from, /alice@smime\.example/);
    assert.deepEqual(draft.to, [bob.address]);
    assert.match(draft.body, /This message is signed/);
    await thunderbird.screenshot("one-profile-hello");
    assert.deepEqual(await hello.send(), { outcome: "sent" });
    verifyMessage(mailServer.wire.at(-1)?.data ?? Buffer.alloc(0), caPem);

    await thunderbird.selectMessage(draft.subject, { account: bob.address });
    await thunderbird.message().waitForText("Signed by alice@smime.example");
    const answer = await thunderbird.reply();
    await answer.fill({ body: "Signed and encrypted.\n" });
    assert.deepEqual(await answer.send(), { outcome: "sent" });
    const { data } = mailServer.wire.at(-1) ?? {};
    verifyMessage(decryptMessage(data ?? Buffer.alloc(0), alice.decryption), caPem);

    await thunderbird.selectMessage("[...]", { account: alice.address });
    await thunderbird.message().waitForText("Encrypted and signed by bob@smime.example");
    const toolbar = await thunderbird.openToolbarPopup();
    await toolbar.waitForText(/bob@smime\.example[^]*Certificates exchanged\. Mail is encrypted\./);
    await thunderbird.screenshot("one-profile-complete");
    await thunderbird.closePopup();
  });
});
