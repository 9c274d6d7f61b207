import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Composition } from "../support/composition.ts";
import { BUILD } from "../support/build.ts";
import { startMailServer, type MailServer, type WireMessage } from "../support/mail-server.ts";
import { decryptMessage, verifyMessage } from "../support/openssl.ts";
import { ADDON, alice, bob, caPem, setUp, type Person } from "../support/people.ts";
import { downloadsTo } from "../support/profile.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** A red dot of one pixel. */
const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

describe("two people exchange certificates and then write encrypted", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;
  let his: Thunderbird;
  const folder = mkdtempSync(join(tmpdir(), "conversation-"));
  const downloads = join(folder, "downloads");
  const attachment = join(folder, "Entwürfe für Bob.bin");
  const attached = crypto.getRandomValues(new Uint8Array(50_000));

  before(async () => {
    writeFileSync(attachment, attached);
    mailServer = await startMailServer();
    const preferences = downloadsTo(downloads);
    const options = { mailServer, addon: ADDON, preferences };
    hers = await startThunderbird({ ...options, profileName: "alice", accounts: [alice] });
    his = await startThunderbird({ ...options, profileName: "bob", accounts: [bob] });
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The newest message on the wire; what lies in Sent is the same octets. */
  function sentBy(person: Person): WireMessage {
    const message = mailServer.wire.at(-1);
    assert.equal(message?.from, person.address);
    const copies = mailServer
      .mailboxFiles(person.address)
      .filter(({ path }) => path.includes("Sent"))
      .map(({ data }) => crlf(data));
    assert.ok(
      copies.some((copy) => copy.equals(crlf(message.data))),
      "the copy in Sent is what went over the wire",
    );
    return message;
  }

  function hasHeader(message: Uint8Array, pattern: RegExp): void {
    assert.match(Buffer.from(message).toString("latin1").split("\r\n\r\n", 1)[0] ?? "", pattern);
  }

  /** Presses Send, and Thunderbird's dialog says that the subject must not be readable. */
  async function refused(draft: Composition, screenshot: string): Promise<void> {
    const sent = mailServer.wire.length;
    const why = /subject is that of an encrypted message and would leave readable/;
    if (BUILD === "standard") {
      await draft.pressSend();
      const prompt = await hers.addonPage("pages/prompt/");
      await prompt.waitForText(why);
      await hers.screenshot(screenshot);
      await prompt.click("Close");
      await waitFor("the prompt to close", async () => !(await hers.pageIsOpen("pages/prompt/")));
    } else {
      const result = await draft.send();
      assert.equal(result.outcome, "dialog");
      assert.match(result.dialogs.map(({ text }) => text).join("\n"), why);
      await hers.screenshot(screenshot);
      await hers.answerDialog("OK");
    }
    assert.equal(mailServer.wire.length, sent);
  }

  /** The same message out of its draft, which knows still what it answers. */
  async function reopened(draft: Composition): Promise<Composition> {
    await draft.saveDraft();
    await draft.discard();
    await hers.selectMessage("[...]", { folder: "Drafts" });
    await hers.execute(
      `const about = messageWindow();
      await composeWindowAfter(() => mainWindow().ComposeMessage(Ci.nsIMsgCompType.Draft, Ci.nsIMsgCompFormat.Default, about.gMessage.folder, [about.gMessageURI]));`,
    );
    const again = await hers.openedComposition();
    await waitFor("the draft", async () => (await again.state()).body.includes("In public, then."));
    await waitFor("the button", async () => (await again.button()).label === "Signed");
    await refused(again, "alice-refused-subject-of-draft");
    return again;
  }

  it("both import their key file on the options page", async () => {
    await setUp(hers, alice);
    await setUp(his, bob);
  });

  it("Alice's first mail leaves signed and carries her certificates", async () => {
    const draft = await hers.newMessage();
    await draft.fill({
      to: [bob.address],
      subject: "Grüße aus London",
      body: "Lieber Bob,\nschöne Grüße!\n",
    });
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("Will be signed.");
    assert.match(await popup.text(), /bob@smime\.example[^]*No certificate here/);
    await hers.screenshot("alice-compose-signed");
    await hers.closePopup();
    assert.deepEqual(await draft.send(), { outcome: "sent" });

    const { data } = sentBy(alice);
    hasHeader(data, /^Content-Type: multipart\/signed/m);
    const { content, signersPem } = verifyMessage(data, caPem);
    assert.match(signersPem, /BEGIN CERTIFICATE/);
    assert.match(
      content.toString("latin1"),
      /Content-Transfer-Encoding: (quoted-printable|base64)/,
    );
  });

  it("Bob sees that it is hers, and his popup shows what he received", async () => {
    await his.selectMessage("Grüße aus London");
    const text = await his.message().waitForText("Signed by alice@smime.example");
    assert.match(text, /schöne Grüße!/);
    assert.equal((await his.messageButton()).label, "Signed");
    await his.screenshot("bob-reads-signed");

    const panel = await his.openMessagePopup();
    await panel.waitForText("Signed by alice@smime.example");
    await his.screenshot("bob-message-panel");
    await his.closePopup();

    const popup = await his.openToolbarPopup();
    await popup.waitForText("You have their certificate. They still need yours.");
    await his.screenshot("bob-toolbar-received");
    await his.closePopup();
  });

  it("he answers signed, and Alice's popup shows the exchange complete", async () => {
    const reply = await his.reply();
    await reply.fill({ body: "Danke, Alice.\n" });
    const popup = await his.openComposePopup(reply);
    await popup.waitForText("Signed only");
    await popup.click("Signed only");
    await popup.waitForText("Will be signed.");
    await his.closePopup();
    assert.deepEqual(await reply.send(), { outcome: "sent" });
    verifyMessage(sentBy(bob).data, caPem);

    await hers.selectMessage("Grüße aus London");
    await hers.message().waitForText("Signed by bob@smime.example");
    const toolbar = await hers.openToolbarPopup();
    await toolbar.waitForText("Certificates exchanged. Mail is encrypted.");
    await hers.screenshot("alice-toolbar-complete");
    await hers.closePopup();
  });

  it("her next mail leaves encrypted by default, whole", async () => {
    const draft = await hers.newMessage();
    await draft.fill({
      to: [bob.address],
      subject: "Plan",
      html: `<p>The <b>secret</b> plan: fünf Uhr.</p><p><img alt="dot" src="data:image/png;base64,${PICTURE}"></p>`,
      attachments: [attachment],
    });
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("Will be signed and encrypted.");
    await hers.screenshot("alice-compose-encrypted");
    await hers.closePopup();
    await waitFor("the button to say so", async () => (await draft.button()).label === "Encrypted");
    assert.deepEqual(await draft.send(), { outcome: "sent" });

    const { data } = sentBy(alice);
    hasHeader(data, /^Content-Type: application\/pkcs7-mime; smime-type=authEnveloped-data/m);
    hasHeader(data, /^Subject: \[\.\.\.\]$/m);
    for (const hidden of [
      ": Plan",
      "secret",
      PICTURE.slice(0, 40),
      Buffer.from(attached).toString("base64", 0, 30),
    ]) {
      assert.ok(!data.includes(hidden), `${hidden} is not on the wire`);
    }
    for (const { decryption } of [bob, alice]) {
      const inside = decryptMessage(data, decryption);
      const { content } = verifyMessage(inside, caPem);
      const text = content.toString("latin1");
      assert.match(text, /^Subject: Plan$/m);
      assert.match(text, /^HP-Outer: Subject: \[\.\.\.\]$/m);
      assert.match(text, /Content-Type: multipart\/mixed/);
      assert.match(text, /Content-Type: multipart\/alternative/);
      assert.match(text, /Content-Type: multipart\/related/);
      assert.ok(text.replace(/\s/g, "").includes(Buffer.from(attached).toString("base64")));
    }
  });

  it("Bob reads it, and the attachment he saves is equal", async () => {
    await his.selectMessage("[...]");
    const message = his.message();
    const text = await message.waitForText("Encrypted and signed by alice@smime.example");
    assert.match(text, /^Subject: Plan$/m);
    assert.match(text, /The secret plan: fünf Uhr\./);
    assert.equal((await his.messageButton()).label, "Signed and encrypted");
    await his.screenshot("bob-reads-encrypted");
    const panel = await his.openMessagePopup();
    await panel.waitForText(
      /Protected header[^]*Plan[^]*Hidden outside, where it reads: \[\.\.\.\]/,
    );
    await his.screenshot("bob-panel-encrypted");
    await his.closePopup();

    await message.click("Save: Entwürfe für Bob.bin");
    const saved = join(downloads, "Entwürfe für Bob.bin");
    const content = await waitForFile(saved);
    assert.ok(content.equals(attached));
  });

  it("Alice can read her own copy", async () => {
    await hers.selectMessage("[...]", { folder: "Sent" });
    const text = await hers.message().waitForText("Encrypted and signed by alice@smime.example");
    assert.match(text, /The secret plan: fünf Uhr\./);
  });

  it("he replies encrypted, and Alice reads it", async () => {
    const reply = await his.reply();
    await waitFor(
      "the subject that Alice gave it",
      async () => (await reply.state()).subject === "Re: Plan",
    );
    await reply.fill({ body: "Five it is.\n" });
    const popup = await his.openComposePopup(reply);
    await popup.waitForText("Will be signed and encrypted.");
    await his.closePopup();
    assert.deepEqual(await reply.send(), { outcome: "sent" });
    const { data } = sentBy(bob);
    hasHeader(data, /^Subject: \[\.\.\.\]$/m);
    for (const { decryption } of [alice, bob]) {
      const { content } = verifyMessage(decryptMessage(data, decryption), caPem);
      assert.match(content.toString("latin1"), /^Subject: Re: Plan$/m);
    }
    await hers.selectMessage("[...]");
    const text = await hers.message().waitForText("Encrypted and signed by bob@smime.example");
    assert.match(text, /^Subject: Re: Plan$/m);
    assert.match(text, /Five it is\./);
    await hers.screenshot("alice-reads-reply");
  });

  it("the subject that was encrypted does not leave readable, another one does", async () => {
    const reply = await hers.reply();
    await waitFor(
      "the subject that was encrypted",
      async () => (await reply.state()).subject === "Re: Plan",
    );
    await reply.fill({ body: "In public, then.\n" });
    const popup = await hers.openComposePopup(reply);
    await popup.waitForText("Signed only");
    await popup.click("Signed only");
    await popup.waitForText("Will be signed.");
    await hers.closePopup();
    await refused(reply, "alice-refused-subject");

    // Without the bridge a draft keeps no choice: what answers encrypted mail is encrypted again.
    const draft = BUILD === "standard" ? reply : await reopened(reply);
    await draft.fill({ subject: "Nothing in particular" });
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    const { data } = sentBy(alice);
    verifyMessage(data, caPem);
    assert.doesNotMatch(data.toString("latin1"), /: Plan/);
  });
});

function crlf(data: Buffer): Buffer {
  return Buffer.from(data.toString("latin1").replace(/\r?\n/g, "\r\n"), "latin1");
}

async function waitForFile(path: string): Promise<Buffer> {
  return waitFor(path, () => {
    try {
      const content = readFileSync(path);
      return content.length > 0 && content;
    } catch {
      return false;
    }
  });
}
