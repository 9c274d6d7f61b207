import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Composition } from "../support/composition.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { decryptMessage, encryptMessage, textEntity, withHeaders } from "../support/openssl.ts";
import { ADDON, alice, bob, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** A red dot of one pixel. */
const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

/** What is saved before it is sent rests encrypted, and comes back whole. */
describe("drafts and templates", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;
  const folder = mkdtempSync(join(tmpdir(), "drafts-"));
  const attachment = join(folder, "Geheim.bin");
  const attached = Buffer.from("SECRET-ATTACHMENT ".repeat(20));

  before(async () => {
    writeFileSync(attachment, attached);
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "drafts",
      mailServer,
      addon: ADDON,
      accounts: [alice],
    });
    await setUp(hers, alice);
  });

  after(async () => {
    await stopEverything();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Everything on the server that has one of these words, in clear or in base64. */
  function revealed(...words: readonly string[]): string[] {
    // Of a shorter one so little of the base64 is left that it stands anywhere by chance.
    assert.ok(words.every(({ length }) => length >= 8));
    const forms = words.flatMap((word) => [
      word,
      // Base64 without the ends that depend on the neighbours.
      ...[0, 1, 2].map((shift) =>
        Buffer.from(" ".repeat(shift) + word)
          .toString("base64")
          .slice(shift + 1, -4),
      ),
    ]);
    return mailServer
      .mailboxFiles(alice.address)
      .flatMap(({ path, data }) => forms.filter((form) => data.includes(form)).map(() => path));
  }

  /** The drafts on the server that are not marked as deleted. */
  function stored(): Buffer[] {
    return mailServer
      .mailboxFiles(alice.address)
      .filter(({ path }) => /\/\.Drafts\/(?:cur|new)\//.test(path) && !/:2,\w*T/.test(path))
      .map(({ data }) => data);
  }

  async function lock(): Promise<void> {
    const toolbar = await hers.openToolbarPopup();
    await toolbar.click("Lock now");
    await toolbar.waitForText("Private keys locked");
    await hers.closePopup();
  }

  async function unlock(): Promise<void> {
    const toolbar = await hers.openToolbarPopup();
    await toolbar.click("Unlock");
    await toolbar.waitForText("Passphrase");
    await toolbar.type("Passphrase", alice.passphrase);
    await toolbar.click("Unlock");
    await toolbar.waitForText("Private keys unlocked");
    await hers.closePopup();
  }

  const edit = (folder: string, subject: string): Promise<Composition> =>
    hers.editMessage(subject, { folder });

  it("saves with a locked vault, and the server sees neither text, subject nor attachment", async () => {
    await lock();
    const draft = await hers.newMessage();
    await draft.fill({
      to: [bob.address],
      bcc: ["carol@elsewhere.example"],
      subject: "WIZARDRY at noon",
      html: `<p>The <b>XYZZYPLUGH</b> fünf</p><p><img alt="dot" src="data:image/png;base64,${PICTURE}"></p>`,
      attachments: [attachment],
    });
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("Signed only");
    await popup.click("Signed only");
    await popup.waitForText("Will be signed.");
    await hers.closePopup();
    await draft.saveDraft();
    await draft.discard();
    await waitFor("the draft on the server", () => stored().length === 1);
    const [data = Buffer.alloc(0)] = stored();
    assert.deepEqual(revealed("WIZARDRY", "XYZZYPLUGH", "SECRET-ATTACHMENT", PICTURE), []);
    assert.match(
      data.toString("latin1"),
      /^Content-Type: application\/pkcs7-mime; smime-type=authEnveloped-data/m,
    );
    const inside = decryptMessage(data, alice.decryption).toString("latin1");
    assert.match(inside, /Subject: WIZARDRY at noon/);
  });

  it("opens again whole: text, picture, attachment, recipients and choice", async () => {
    const draft = await edit("Drafts", "[...]");
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.type("Passphrase", alice.passphrase);
    await prompt.click("Unlock");
    await waitFor("the text", async () => (await draft.state()).body.includes("XYZZYPLUGH"));
    const state = await draft.state();
    assert.equal(state.subject, "WIZARDRY at noon");
    assert.deepEqual(state.to, [bob.address]);
    assert.deepEqual(state.bcc, ["carol@elsewhere.example"]);
    assert.deepEqual(state.attachments, ["Geheim.bin"]);
    await hers.screenshot("drafts-reopened");
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("Will be signed.");
    await hers.closePopup();

    await draft.fill({ body: "More. " });
    await draft.saveDraft();
    await waitFor("one draft in place of the other", () => stored().length === 1);
    assert.deepEqual(revealed("WIZARDRY", "XYZZYPLUGH", "SECRET-ATTACHMENT", PICTURE), []);
    const inside = decryptMessage(stored()[0] ?? Buffer.alloc(0), alice.decryption).toString();
    assert.match(inside.replaceAll(/=\r?\n/g, ""), /More\./);
    assert.ok(inside.replace(/\s/g, "").includes(PICTURE));
    assert.ok(inside.replace(/\s/g, "").includes(attached.toString("base64")));
    await draft.discard();
  });

  it("leaves the stored draft alone when the vault stays locked", async () => {
    await lock();
    const before = stored();
    const draft = await edit("Drafts", "[...]");
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.waitForText("Unlock your private key");
    await hers.execute(`later(() => composeWindow(arguments[0]).goDoCommand("cmd_saveAsDraft"));`, [
      draft.id,
    ]);
    const dialog = await hers.dialog();
    assert.match(dialog.text, /its text is not in the window\. Nothing was sent or saved/);
    await hers.screenshot("drafts-not-opened");
    await hers.answerDialog("OK");
    await prompt.click("Cancel", { dialogs: "leave" });
    await waitFor("the window to close", async () => !(await draft.isOpen()));
    assert.deepEqual(stored(), before);
  });

  it("saves by itself as it saves on demand", async () => {
    const draft = await hers.newMessage();
    await draft.fill({
      to: [bob.address],
      subject: "Autumn FROBNITZ",
      body: "By itself: QUUXLYPLOVER.\n",
    });
    // What the timer calls, which has no shorter interval than a minute.
    await hers.execute(`await composeWindow(arguments[0]).AutoSave();`, [draft.id]);
    await waitFor("the automatic draft", () => stored().length === 2);
    assert.deepEqual(revealed("FROBNITZ", "QUUXLYPLOVER"), []);
    await draft.discard();
  });

  it("takes no text from a draft that somebody else has put there", async () => {
    await unlock();
    const headers = {
      From: alice.address,
      To: "mallory@elsewhere.example",
      Subject: "Planted",
      Date: new Date().toUTCString(),
      "Message-ID": "<planted@smime.example>",
      "X-Mozilla-Draft-Info": "internal/draft; vcard=0; receipt=0; DSN=0; uuencode=0",
    };
    const stolen = encryptMessage(textEntity("What Bob once wrote: PLOVERS.\n"), [
      alice.decryption.certificatePem,
    ]);
    await mailServer.deliver(alice.address, withHeaders(headers, stolen));
    const draft = await edit("Inbox", "Planted");
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText("The text of this encrypted draft is not in the window.");
    await hers.screenshot("drafts-planted");
    await hers.closePopup();
    const before = mailServer.wire.length;
    const result = await draft.send();
    assert.equal(result.outcome, "dialog");
    assert.match(result.dialogs[0]?.text ?? "", /Nothing was sent or saved/);
    await hers.answerDialog("OK");
    assert.equal(mailServer.wire.length, before);
    assert.doesNotMatch((await draft.state()).body, /PLOVERS/);
    await draft.discard();
  });

  it("keeps templates likewise", async () => {
    const draft = await hers.newMessage();
    await draft.fill({
      to: [bob.address],
      subject: "Letter GNUSTOREZROV",
      body: "Dear ZORKMIDGRUE,\n",
    });
    await hers.execute(
      `const win = composeWindow(arguments[0]);
       later(() => win.goDoCommand("cmd_saveAsTemplate"));
       await until("saving", () => win.gSaveOperationInProgress || win.gWindowLocked);
       await until("saved", () => !win.gSaveOperationInProgress && !win.gWindowLocked);`,
      [draft.id],
    );
    await draft.discard();
    assert.deepEqual(revealed("GNUSTOREZROV", "ZORKMIDGRUE"), []);
    const letter = await edit("Templates", "[...]");
    await waitFor("the text", async () => (await letter.state()).body.includes("ZORKMIDGRUE"));
    assert.equal((await letter.state()).subject, "Letter GNUSTOREZROV");
    await letter.discard();
  });

  it("writes nothing of a draft in clear to the profile", () => {
    const clear: string[] = [];
    for (const entry of readdirSync(hers.profile, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      if (readFileSync(path).includes("XYZZYPLUGH")) clear.push(path);
    }
    assert.deepEqual(clear, []);
  });
});
