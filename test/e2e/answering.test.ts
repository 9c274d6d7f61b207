import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Composition } from "../support/composition.ts";
import { entity, htmlEntity, multipart } from "../support/entities.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import {
  decryptMessage,
  encryptMessage,
  signMessage,
  textEntity,
  verifyMessage,
  withHeaders,
} from "../support/openssl.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

const HTML = `<p>The <b>secret</b> is XYZZY.</p>
<p style="display:none">HIDDEN-ONE</p><p style="font-size:0">HIDDEN-TWO</p><div hidden>HIDDEN-THREE</div>
<p style="color:white">PALE</p><img src="http://127.0.0.1:9/spy.png"><a href="https://example.org/x">link</a>`;

/** Answering and forwarding what was encrypted: the text comes along, and stays encrypted. */
describe("answers to encrypted mail", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "answering",
      mailServer,
      addon: ADDON,
      accounts: [alice],
    });
    await setUp(hers, alice);
    const certificates = `${bob.decryption.certificatePem}\n${caPem}`;
    await deliver(
      "Letter",
      signMessage(
        multipart(
          "mixed",
          htmlEntity(HTML),
          entity(
            {
              type: "application/octet-stream; name=plan.bin",
              disposition: "attachment; filename=plan.bin",
            },
            "ATTACHED-BY-BOB",
          ),
        ),
        { ...bob.signing, chainPem: certificates },
      ),
    );
    await hers.selectMessage("Letter");
    await hers.message().waitForText("Encrypted and signed by bob@smime.example");
  });

  after(stopEverything);

  async function deliver(subject: string, inside: Buffer, from = bob.address): Promise<void> {
    const headers = {
      From: from,
      To: alice.address,
      Subject: subject,
      Date: new Date().toUTCString(),
      "Message-ID": `<${subject.toLowerCase().replaceAll(" ", "-")}@smime.example>`,
    };
    const encrypted = encryptMessage(inside, [alice.decryption.certificatePem]);
    await mailServer.deliver(alice.address, withHeaders(headers, encrypted));
  }

  /** By one of Thunderbird's own commands, such as "cmd_forwardInline". */
  async function command(name: string): Promise<Composition> {
    await hers.execute(
      `await composeWindowAfter(() => later(() => mainWindow().goDoCommand(arguments[0])));`.replace(
        "arguments[0]",
        JSON.stringify(name),
      ),
    );
    return hers.openedComposition();
  }

  /** The newest draft on the server, opened again. */
  async function newestDraft(): Promise<Composition> {
    await hers.execute(
      `const { folder } = await showFolder(arguments[0], "Drafts");
       await updateFolder(folder);
       const header = [...folder.messages].sort((a, b) => b.messageKey - a.messageKey)[0];
       await composeWindowAfter(() => mainWindow().ComposeMessage(Ci.nsIMsgCompType.Draft, Ci.nsIMsgCompFormat.Default, folder, [folder.getUriForMsg(header)]));`,
      [alice.address],
    );
    return hers.openedComposition();
  }

  async function holding(draft: Composition, text: string): Promise<string> {
    await waitFor(text, async () => (await draft.state()).body.includes(text));
    return (await draft.state()).body;
  }

  function lastForBob(): string {
    const { data = Buffer.alloc(0) } = mailServer.wire.at(-1) ?? {};
    assert.doesNotMatch(data.toString(), /XYZZY|ATTACHED/);
    const { content } = verifyMessage(decryptMessage(data, bob.decryption), caPem);
    return decoded(content);
  }

  async function choose(draft: Composition, choice: string, outcome: string): Promise<void> {
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText(choice);
    await popup.click(choice);
    await popup.waitForText(outcome);
    await hers.screenshot(`answering-${choice.toLowerCase().replaceAll(/\W+/g, "-")}`);
    await hers.closePopup();
  }

  it("quotes what the reader saw, and nothing that was hidden or comes from elsewhere", async () => {
    const reply = await hers.reply();
    const body = await holding(reply, "XYZZY");
    assert.match(body, /wrote:[^]*The secret is XYZZY/);
    assert.match(body, /PALE/);
    assert.doesNotMatch(body, /HIDDEN/);
    assert.doesNotMatch(
      (await hers.execute(
        `return composeWindow(arguments[0]).GetCurrentEditor().outputToString("text/html", 0);`,
        [reply.id],
      )) as string,
      /spy\.png|white|<img/,
    );
    await hers.screenshot("answering-reply");
    await reply.fill({ body: "My answer. " });
    assert.deepEqual(await reply.send(), { outcome: "sent" });
    const sent = lastForBob();
    assert.match(sent, /My answer\./);
    assert.match(sent, /XYZZY/);
  });

  it("is not sent to somebody who cannot decrypt, and offers to drop the quote", async () => {
    await hers.selectMessage("Letter");
    const reply = await hers.reply();
    await holding(reply, "XYZZY");
    await reply.fill({ cc: ["stranger@elsewhere.example"], body: "Just this. " });
    const before = mailServer.wire.length;
    await reply.pressSend();
    const question = await hers.addonPage("pages/prompt/");
    await question.waitForText(/stranger@elsewhere\.example[^]*No certificate here/);
    await question.click("Take the quoted text out, and go back", { dialogs: "leave" });
    await reply.untilUnlocked();
    assert.equal(mailServer.wire.length, before);

    const popup = await hers.openComposePopup(reply);
    await popup.waitForText("Will be signed.");
    await hers.closePopup();
    assert.doesNotMatch((await reply.state()).body, /XYZZY/);
    assert.deepEqual(await reply.send(), { outcome: "sent" });
    const { data = Buffer.alloc(0) } = mailServer.wire.at(-1) ?? {};
    const { content } = verifyMessage(data, caPem);
    assert.match(decoded(content), /Just this/);
    assert.doesNotMatch(decoded(content), /XYZZY/);
  });

  it("keeps the quote in a saved draft, and the demand for encryption with it", async () => {
    await hers.selectMessage("Letter");
    const reply = await hers.reply();
    await holding(reply, "XYZZY");
    await reply.fill({ body: "To be continued. " });
    await reply.saveDraft();
    await reply.discard();
    for (const { data } of mailServer.mailboxFiles(alice.address)) {
      assert.doesNotMatch(data.toString(), /XYZZY|To be continued/);
    }
    const draft = await newestDraft();
    await holding(draft, "XYZZY");
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("It answers an encrypted message.");
    await hers.closePopup();
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    assert.match(lastForBob(), /To be continued[^]*XYZZY/);
  });

  it("takes out of a reopened draft what came with the message, and leaves what is one's own", async () => {
    const own = join(mkdtempSync(join(tmpdir(), "answering-")), "own.bin");
    writeFileSync(own, "MY-OWN-FILE");
    await hers.selectMessage("Letter");
    const forward = await command("cmd_forwardInline");
    await holding(forward, "XYZZY");
    await waitFor("the attachment", async () => (await forward.state()).attachments.length > 0);
    await forward.fill({ to: [bob.address], attachments: [own] });
    await forward.saveDraft();
    await forward.discard();
    const draft = await newestDraft();
    await holding(draft, "XYZZY");
    assert.deepEqual((await draft.state()).attachments.toSorted(), ["own.bin", "plan.bin"]);
    await choose(draft, "Signed only", "Will be signed.");
    const { body, attachments } = await draft.state();
    assert.doesNotMatch(body, /XYZZY/);
    assert.deepEqual(attachments, ["own.bin"]);

    // What is put back is noticed.
    await hers.execute(`composeWindow(arguments[0]).GetCurrentEditor().insertHTML(arguments[1]);`, [
      draft.id,
      `<blockquote type="cite">The secret is XYZZY.</blockquote>`,
    ]);
    await draft.fill({ subject: "My own subject" });
    const before = mailServer.wire.length;
    const result = await draft.send();
    assert.equal(result.outcome, "dialog");
    assert.match(
      result.dialogs[0]?.text ?? "",
      /holds text that was encrypted[^]*Nothing was sent/,
    );
    await hers.screenshot("answering-quote-remains");
    await hers.answerDialog("OK");
    assert.equal(mailServer.wire.length, before);
    await draft.discard();
  });

  it("forwards inline with the attachments, in a new envelope", async () => {
    await hers.selectMessage("Letter");
    const forward = await command("cmd_forwardInline");
    const body = await holding(forward, "XYZZY");
    assert.match(body, /Forwarded Message[^]*bob@smime\.example/);
    assert.doesNotMatch(body, /HIDDEN/);
    await waitFor("the attachment", async () => (await forward.state()).attachments.length > 0);
    assert.deepEqual((await forward.state()).attachments, ["plan.bin"]);
    await hers.screenshot("answering-forward");
    await forward.fill({ to: [bob.address] });
    assert.deepEqual(await forward.send(), { outcome: "sent" });
    const sent = lastForBob();
    assert.match(sent, /XYZZY/);
    assert.match(sent, /filename="?plan\.bin/);
    assert.match(sent, /ATTACHED-BY-BOB/);
  });

  it("forwards as an attachment that its recipient can read", async () => {
    await hers.selectMessage("Letter");
    const forward = await command("cmd_forwardAttachment");
    await forward.fill({ to: [bob.address], body: "See there. " });
    await waitFor("the decrypted message", async () => {
      const [url = ""] = (await hers.execute(
        `return [...composeWindow(arguments[0]).gAttachmentBucket.itemChildren].map((item) => item.attachment.contentType + item.attachment.size);`,
        [forward.id],
      )) as string[];
      return url.startsWith("message/rfc822");
    });
    assert.deepEqual(await forward.send(), { outcome: "sent" });
    assert.match(lastForBob(), /Content-Type: message\/rfc822[^]*XYZZY/);
  });

  it("quotes nothing of a second envelope, nor what another author has signed", async () => {
    const stolen = encryptMessage(textEntity("Stolen: PLOVERS.\n"), [
      alice.decryption.certificatePem,
    ]);
    await deliver("Nested", stolen, "mallory@elsewhere.example");
    const bobs = signMessage(textEntity("Bob to Alice: PLOVERS.\n"), {
      ...bob.signing,
      chainPem: caPem,
    });
    await deliver("Borrowed", bobs, "mallory@elsewhere.example");
    for (const subject of ["Nested", "Borrowed"]) {
      await hers.selectMessage(subject);
      await hers.message().waitForText("PLOVERS");
      const reply = await hers.reply();
      await waitFor("the window's verdict", async () =>
        ["Can’t encrypt", "Encrypted"].includes((await reply.button()).label),
      );
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      assert.doesNotMatch((await reply.state()).body, /PLOVERS/, subject);
      await reply.discard();
    }
  });
});

/** Thunderbird encodes the text of protected messages in base64 or quoted-printable. */
function decoded(entity: Buffer): string {
  return entity
    .toString("latin1")
    .replaceAll(
      /(Content-Transfer-Encoding: base64[^]*?\r?\n\r?\n)([\w+/=\r\n]+)/gi,
      (_part, header: string, body: string) => header + Buffer.from(body, "base64").toString(),
    )
    .replaceAll(/=\r?\n/g, "");
}
