import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Composition } from "../support/composition.ts";
import { inspect } from "../support/inspect.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import {
  decryptMessage,
  encryptMessage,
  signMessage,
  textEntity,
  verifyMessage,
  withHeaders,
} from "../support/openssl.ts";
import type { Page } from "../support/page.ts";
import { ADDON, alice, bob, caPem, setUp } from "../support/people.ts";
import { stopEverything, waitFor } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** Between Send and the wire: either what was promised leaves, or nothing does and the user reads why. */
describe("sending", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "sending",
      mailServer,
      addon: ADDON,
      accounts: [alice],
    });
    await setUp(hers, alice);
  });

  after(stopEverything);

  async function stillOpen(draft: Composition): Promise<void> {
    assert.ok(await draft.isOpen());
    const { subject, body } = await draft.state();
    assert.equal(subject, "Confidential");
    assert.match(body, /For your eyes only/);
  }

  async function confidential(to = bob.address): Promise<Composition> {
    const draft = await hers.newMessage();
    await draft.fill({ to: [to], subject: "Confidential", body: "For your eyes only.\n" });
    return draft;
  }

  async function choose(draft: Composition, choice: string, outcome: string): Promise<void> {
    const popup = await hers.openComposePopup(draft);
    await popup.waitForText(choice);
    await popup.click(choice);
    await popup.waitForText(outcome);
    await hers.screenshot(`sending-choice-${choice.toLowerCase().replaceAll(" ", "-")}`);
    await hers.closePopup();
  }

  async function lock(): Promise<void> {
    const toolbar = await hers.openToolbarPopup();
    await toolbar.click("Lock now");
    await toolbar.waitForText("Private keys locked");
    await hers.closePopup();
  }

  it("asks before encryption that somebody lacks a certificate for, and says who and what to do", async () => {
    const draft = await confidential("stranger@elsewhere.example");
    await choose(draft, "Signed and encrypted", "Will not be sent like this.");
    const before = mailServer.wire.length;
    await draft.pressSend();
    const question = await hers.addonPage("pages/prompt/");
    await question.waitForText("Not sent yet");
    await question.waitForText(/stranger@elsewhere\.example\s+No certificate here/);
    await inspect(question, "sending-question-missing");
    await question.click("Back to the message", { dialogs: "leave" });
    await draft.untilUnlocked();
    await stillOpen(draft);
    assert.equal(mailServer.wire.length, before, "nothing was transmitted");

    await draft.pressSend();
    const again = await hers.addonPage("pages/prompt/");
    await again.waitForText("Everyone who handles it on the way can read it.");
    await again.click("Send signed only", { dialogs: "leave" });
    await waitFor("the message to leave", async () => !(await draft.isOpen()));
    assert.equal(mailServer.wire.length, before + 1);
    verifyMessage(mailServer.wire.at(-1)?.data ?? Buffer.alloc(0), caPem);
  });

  it("leaves a message alone that the user wants without protection", async () => {
    const draft = await confidential();
    await choose(draft, "No protection", "Will be sent without protection.");
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    const { data } = mailServer.wire.at(-1) ?? {};
    assert.match(data?.toString() ?? "", /Content-Type: text\/plain[^]*For your eyes only/);
  });

  it("asks for the passphrase when the vault is locked, and sends nothing if it is dismissed", async () => {
    await lock();
    const draft = await confidential();
    const before = mailServer.wire.length;
    await draft.pressSend();
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.waitForText("Until you unlock it, nothing is sent.");
    await hers.screenshot("sending-prompt");
    await prompt.type("Passphrase", "not this one");
    await prompt.click("Unlock");
    await prompt.waitForText("This is not the right passphrase.");
    await prompt.click("Cancel", { dialogs: "leave" });
    const [dialog] = await waitFor("the dialog", async () => {
      const dialogs = await hers.dialogs();
      return dialogs.length > 0 && dialogs;
    });
    assert.match(dialog?.text ?? "", /Your private key was not unlocked\. Nothing was sent/);
    await hers.answerDialog("OK");
    await stillOpen(draft);
    assert.equal(mailServer.wire.length, before);

    await draft.pressSend();
    const again = await hers.addonPage("pages/prompt/");
    await again.type("Passphrase", alice.passphrase);
    await again.click("Unlock");
    await waitFor("the message to leave", async () => !(await draft.isOpen()));
    assert.equal(mailServer.wire.length, before + 1);
    verifyMessage(mailServer.wire.at(-1)?.data ?? Buffer.alloc(0), caPem);
  });

  it("sends nothing when the background goes between Send and the wire", async () => {
    await lock();
    const draft = await confidential();
    const before = mailServer.wire.length;
    await draft.pressSend();
    await (await hers.addonPage("pages/prompt/")).waitForText("Unlock your private key");
    // Thunderbird's dialog keeps this from returning until it is answered.
    const terminated = hers.terminateBackground();
    const [dialog] = await waitFor("the dialog", async () => {
      const dialogs = await hers.dialogs();
      return dialogs.length > 0 && dialogs;
    });
    assert.match(dialog?.text ?? "", /The add-on did not answer\. Nothing was sent/);
    await hers.screenshot("sending-background-gone");
    await hers.answerDialog("OK");
    await terminated;
    await stillOpen(draft);
    assert.equal(mailServer.wire.length, before);

    // The window of the lost question notices and closes; Send asks anew.
    await waitFor("the old prompt to close", async () => !(await hers.pageIsOpen("pages/prompt/")));
    await draft.pressSend();
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.type("Passphrase", alice.passphrase);
    await prompt.click("Unlock");
    await waitFor("the message to leave", async () => !(await draft.isOpen()));
    assert.equal(mailServer.wire.length, before + 1);
    verifyMessage(mailServer.wire.at(-1)?.data ?? Buffer.alloc(0), caPem);
  });

  it("brings the question for the passphrase to the front, whoever asks, ready to be typed in", async () => {
    await lock();
    const first = await confidential();
    await first.pressSend();
    await hers.addonPage("pages/prompt/");
    await inFront();
    await behind();
    const second = await confidential();
    await second.pressSend();
    await inFront();

    await behind();
    const encrypted = encryptMessage(textEntity("Also this.\n"), [alice.decryption.certificatePem]);
    const headers = {
      ...{ From: bob.address, To: alice.address, Subject: "Locked" },
      ...{ Date: new Date().toUTCString(), "Message-ID": "<locked@smime.example>" },
    };
    await mailServer.deliver(alice.address, withHeaders(headers, encrypted));
    await hers.selectMessage("Locked");
    const prompt = await inFront();

    await prompt.type("Passphrase", alice.passphrase);
    const before = mailServer.wire.length;
    await prompt.click("Unlock");
    await waitFor("both messages to leave", () => mailServer.wire.length === before + 2);
    await hers.message().waitForText("Also this.");
  });

  /** The prompt, once its window is in front of all others and its field has the focus. */
  async function inFront(): Promise<Page> {
    const prompt = await hers.addonPage("pages/prompt/");
    await prompt.waitForText("Unlock your private key");
    await waitFor("the prompt in front", async () => {
      const active = await hers.execute(
        `const browser = findBrowser({ addon: arguments[0], page: "pages/prompt/" });
         return Services.focus.activeWindow === browser.ownerDocument.defaultView;`,
        [hers.addon],
      );
      return active === true;
    });
    await waitFor("the field", () =>
      prompt.evaluate(
        () => document.hasFocus() && document.activeElement?.matches("input[type=password]"),
      ),
    );
    return prompt;
  }

  /** Another window is in front of the prompt. */
  async function behind(): Promise<void> {
    await hers.execute(`mainWindow().focus();`);
    await waitFor(
      "the main window in front",
      async () =>
        (await hers.execute(`return Services.focus.activeWindow === mainWindow();`)) === true,
    );
  }

  it("reaches a suspended background, which keeps the vault unlocked", async () => {
    await hers.terminateBackground();
    const draft = await confidential();
    assert.deepEqual(await draft.send(), { outcome: "sent" });
    verifyMessage(mailServer.wire.at(-1)?.data ?? Buffer.alloc(0), caPem);
  });

  it("leaves recipients out when asked, and encrypts to the others", async () => {
    await receiveBobsCertificates();
    const draft = await hers.newMessage();
    const to = [bob.address, "Stranger <stranger@elsewhere.example>"];
    await draft.fill({ to, subject: "Confidential", body: "For your eyes only.\n" });
    await choose(draft, "Signed and encrypted", "Will not be sent like this.");
    await draft.pressSend();
    const question = await hers.addonPage("pages/prompt/");
    await question.click("Leave out 1 recipient");
    await question.waitForText("Taken out of the message: stranger@elsewhere.example");
    await question.waitForText("Only the recipients and you can read it.");
    await hers.screenshot("sending-question-left-out");
    await question.click("Send signed and encrypted", { dialogs: "leave" });
    await waitFor("the message to leave", async () => !(await draft.isOpen()));
    const { to: envelope, data } = mailServer.wire.at(-1) ?? {};
    assert.deepEqual(envelope, [bob.address]);
    assert.doesNotMatch(data?.toString("latin1") ?? "", /stranger/);
    const { content } = verifyMessage(
      decryptMessage(data ?? Buffer.alloc(0), bob.decryption),
      caPem,
    );
    assert.match(decodedText(content), /For your eyes only/);
  });

  it("queues for later what is protected already", async () => {
    await receiveBobsCertificates();
    const draft = await confidential();

    const before = mailServer.wire.length;
    await hers.execute(
      `Services.wm.getMostRecentWindow("msgcompose").goDoCommand("cmd_sendLater");`,
    );
    await waitFor("the message to be queued", async () => !(await draft.isOpen()));
    assert.equal(mailServer.wire.length, before);
    const outbox = readFileSync(join(hers.profile, "Mail/Local Folders/Unsent Messages"), "latin1");
    assert.match(outbox, /application\/pkcs7-mime/);
    assert.doesNotMatch(outbox, /For your eyes only/);

    await hers.execute(`Services.wm.getMostRecentWindow("mail:3pane").SendUnsentMessages();`);
    await waitFor("the message to leave", () => mailServer.wire.length === before + 1);
    const { data } = mailServer.wire.at(-1) ?? {};
    for (const { decryption } of [alice, bob]) {
      const { content } = verifyMessage(decryptMessage(data ?? Buffer.alloc(0), decryption), caPem);
      assert.match(decodedText(content), /For your eyes only/);
    }
  });

  it("locks the vault by itself when it has not been used for a while", async () => {
    const options = await hers.openOptions();
    await options.waitForText("Private keys unlocked");
    // The page offers longer times only.
    await options.evaluate(
      (message) => {
        interface PageGlobals {
          browser: { runtime: { sendMessage(message: unknown): void } };
          JSON: JSON;
        }
        const { defaultView } = document as unknown as {
          defaultView: { wrappedJSObject: PageGlobals };
        };
        const page = defaultView.wrappedJSObject;
        page.browser.runtime.sendMessage(page.JSON.parse(message));
      },
      JSON.stringify({
        protocol: "pages",
        name: "settings.set",
        request: { lockAfterMinutes: 1 },
      }),
    );
    await delay(65_000);
    const toolbar = await hers.openToolbarPopup();
    await toolbar.waitForText("Private keys locked");
    await hers.closePopup();
  });

  /** A signed message of his, made elsewhere, that carries both of his certificates. */
  async function receiveBobsCertificates(): Promise<void> {
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: "Certificate",
      Date: new Date().toUTCString(),
      "Message-ID": "<certificate@smime.example>",
    };
    const message = signMessage(textEntity("Here is my certificate.\n"), {
      ...bob.signing,
      chainPem: `${bob.decryption.certificatePem}\n${caPem}`,
    });
    await mailServer.deliver(alice.address, withHeaders(headers, message));
    await hers.selectMessage("Certificate");
    await hers.message().waitForText("Signed by bob@smime.example");
  }
});

/** Thunderbird encodes the text of protected messages in base64 or quoted-printable. */
function decodedText(entity: Buffer): string {
  const [header = "", ...body] = entity.toString("latin1").split(/\r?\n\r?\n/);
  const text = body.join("\n\n");
  return /base64/i.test(header) ? Buffer.from(text, "base64").toString() : text;
}
