import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { unpacked } from "../support/build.ts";
import type { Composition } from "../support/composition.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { verifyMessage } from "../support/openssl.ts";
import { alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** Without the bridge: between Send, the Outbox and the wire, and what the user is told on the way. */
describe("sending through the Outbox", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "sending-standard",
      mailServer,
      addon: unpacked("standard"),
      accounts: [alice],
      // Thunderbird asks, as it does at first.
      preferences: { "offline.send.unsent_messages": 0 },
    });
    await setUp(hers, alice);
  });

  after(stopEverything);

  async function confidential(to = bob.address): Promise<Composition> {
    const draft = await hers.newMessage();
    await draft.fill({ to: [to], subject: "Confidential", body: "For your eyes only.\n" });
    return draft;
  }

  /** Nothing has left, nothing waits, and the window is as it was and can be written in. */
  async function unharmed(draft: Composition, wire: number): Promise<void> {
    assert.equal(mailServer.wire.length, wire);
    assert.equal(await hers.call("unsentMessages"), 0);
    await draft.fill({ body: "Still mine. " });
    const { subject, body } = await draft.state();
    assert.equal(subject, "Confidential");
    assert.match(body, /Still mine\. *For your eyes only/);
  }

  async function lock(): Promise<void> {
    const toolbar = await hers.openToolbarPopup();
    await toolbar.click("Lock now");
    await toolbar.waitForText("Private keys locked");
    await hers.closePopup();
  }

  const promptClosed = () =>
    waitFor("the prompt to close", async () => !(await hers.pageIsOpen("pages/prompt/")));
  const windowClosed = (draft: Composition) =>
    waitFor("the compose window to close", async () => !(await draft.isOpen()));

  it("says what it does, lets Thunderbird ask, and sends what was protected", async () => {
    const draft = await confidential();
    await draft.saveDraft();
    assert.deepEqual(await hers.listSubjects({ folder: "Drafts" }), ["Confidential"]);
    await draft.pressSend();
    await windowClosed(draft);
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.waitForText("Your message is protected now and lies in the Outbox.");
    await hers.screenshot("standard-outbox-prompt");
    assert.equal(mailServer.wire.length, 0);
    await prompt.click("Continue", { dialogs: "leave" });

    const question = await hers.dialog();
    assert.match(question.text, /Do you want to send your unsent messages now\?/);
    assert.match(question.text, /Always ask me when I go online/, "as the prompt calls it");
    assert.deepEqual(question.buttons, ["Send Now", "Later"]);
    await hers.screenshot("standard-outbox-question");
    await hers.answerDialog("Send Now");
    await waitFor("the message to leave", () => mailServer.wire.length === 1);
    const { data } = mailServer.wire[0] ?? {};
    verifyMessage(data ?? Buffer.alloc(0), caPem);
    assert.doesNotMatch(data?.toString() ?? "", /^(?:X-Identity-Key|X-Account-Key|FCC|Bcc):/im);
    await waitFor(
      "the window for the question to close",
      async () => (await hers.call("countMainWindows")) === 1,
    );
  });

  it("leaves no draft behind, and keeps in Sent what went over the wire", async () => {
    assert.deepEqual(await hers.listSubjects({ folder: "Drafts" }), []);
    assert.deepEqual(await hers.listSubjects({ folder: "Trash" }), []);
    assert.deepEqual(await hers.listSubjects({ folder: "Sent" }), ["Confidential"]);
    const copies = mailServer
      .mailboxFiles(alice.address)
      .map(({ data }) => data.toString("latin1"));
    const sent = mailServer.wire[0]?.data.toString("latin1").replaceAll("\r\n", "\n");
    assert.ok(copies.some((copy) => copy.replaceAll("\r\n", "\n") === sent));
    const temporary = join(dirname(hers.profile), "tmp");
    const kept = readdirSync(temporary, { recursive: true, encoding: "utf8" });
    assert.deepEqual(
      kept.filter((name) => name.endsWith(".eml")),
      [],
    );
  });

  it("counts as sent only what has left the Outbox", async () => {
    const toolbar = await hers.openToolbarPopup();
    await toolbar.waitForText(/bob@smime\.example[^]*You sent a signed mail on/);
    await hers.closePopup();
  });

  it("leaves a message in the Outbox, protected, when the user says so", async () => {
    const draft = await confidential();
    await draft.pressSend();
    await windowClosed(draft);
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.click("Leave it in the Outbox");
    await promptClosed();
    assert.equal(await hers.call("unsentMessages"), 1);
    assert.equal(mailServer.wire.length, 1);
    await hers.execute(`Services.wm.getMostRecentWindow("mail:3pane").SendUnsentMessages();`);
    await waitFor("the message to leave", () => mailServer.wire.length === 2);
    verifyMessage(mailServer.wire[1]?.data ?? Buffer.alloc(0), caPem);
    await waitFor("the Outbox to be empty", async () => (await hers.call("unsentMessages")) === 0);
    await hers.execute(`Services.prefs.setIntPref("offline.send.unsent_messages", 1);`);
  });

  it("asks before what somebody could not read, and the message stays as it was", async () => {
    const draft = await confidential("stranger@elsewhere.example");
    const popup = await hers.openComposePopup(draft);
    await popup.click("Signed and encrypted");
    await popup.waitForText("Will not be sent like this.");
    await hers.closePopup();
    await draft.pressSend();
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.waitForText(/stranger@elsewhere\.example\s+No certificate here/);
    await hers.screenshot("standard-question");
    await prompt.click("Back to the message");
    await promptClosed();
    await unharmed(draft, 2);
    await draft.discard();
  });

  it("asks for the passphrase; a dismissed question sends nothing", async () => {
    await lock();
    const draft = await confidential();
    await draft.pressSend();
    const question = await hers.addonPage("pages/prompt/");
    await question.waitForText("Until you unlock it, nothing is sent.");
    await question.click("Cancel");
    const told = await hers.addonPage("pages/prompt/");
    await told.waitForText("Your private key was not unlocked. Nothing was sent");
    await told.click("Close");
    await promptClosed();
    await unharmed(draft, 2);

    // The window is not locked while it asks: what is typed meanwhile is sent too.
    await draft.pressSend();
    const again = await hers.addonPage("pages/prompt/");
    await again.waitForText("Unlock your private key");
    await draft.fill({ body: "A last word. " });
    await again.type("Passphrase", alice.passphrase);
    await again.click("Unlock");
    await windowClosed(draft);
    await hers.emptyOutbox();
    const { content } = verifyMessage(mailServer.wire.at(-1)?.data ?? Buffer.alloc(0), caPem);
    const [, text = ""] = /format=flowed[^]*?\r\n\r\n([^]*?)\r\n--/.exec(content.toString()) ?? [];
    assert.match(Buffer.from(text, "base64").toString(), /^A last word\. Still mine\./);
  });

  it("leaves the window usable when the background goes between Send and the Outbox", async () => {
    await lock();
    const draft = await confidential();
    await draft.pressSend();
    await (await hers.addonPage("pages/prompt/")).waitForText("Unlock your private key");
    await hers.terminateBackground();
    await promptClosed();
    await unharmed(draft, 3);
    await draft.pressSend();
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.type("Passphrase", alice.passphrase);
    await prompt.click("Unlock");
    await windowClosed(draft);
    await hers.emptyOutbox();
    assert.equal(mailServer.wire.length, 4);
    verifyMessage(mailServer.wire.at(-1)?.data ?? Buffer.alloc(0), caPem);
  });

  it("sends to Bcc recipients without naming them, and lets unprotected mail pass by", async () => {
    const draft = await hers.newMessage();
    await draft.fill({ to: [alice.address], bcc: [bob.address], subject: "Bcc", body: "Psst.\n" });
    // The window may have said "encrypted" before the second recipient was there.
    await waitFor("the button to say so", async () => (await draft.button()).label === "Signed");
    await delay(2_000);
    await draft.pressSend();
    await windowClosed(draft);
    await hers.emptyOutbox();
    const { to, data } = mailServer.wire.at(-1) ?? {};
    assert.deepEqual([...(to ?? [])].sort(), [alice.address, bob.address]);
    assert.doesNotMatch(data?.toString() ?? "", /bob@smime\.example/);

    const plain = await confidential();
    const popup = await hers.openComposePopup(plain);
    await popup.click("No protection");
    await popup.waitForText("Will be sent without protection.");
    await hers.closePopup();
    assert.deepEqual(await plain.send(), { outcome: "sent" });
    assert.match(mailServer.wire.at(-1)?.data.toString() ?? "", /For your eyes only/);
  });
});
