import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { encryptMessage, textEntity, withHeaders, type Cipher } from "../support/openssl.ts";
import { entity, multipart } from "../support/entities.ts";
import { ADDON, alice, bob, setUp } from "../support/people.ts";
import { stopEverything } from "../support/resources.ts";
import { startThunderbird, type Thunderbird } from "../support/thunderbird.ts";

/** Much at once: windows, messages, octets. */
describe("a crowd", () => {
  let mailServer: MailServer;
  let hers: Thunderbird;

  before(async () => {
    mailServer = await startMailServer();
    hers = await startThunderbird({
      profileName: "crowd",
      mailServer,
      addon: ADDON,
      accounts: [alice],
    });
    await setUp(hers, alice);
  });

  after(stopEverything);

  async function deliver(subject: string, content: Buffer, cipher: Cipher | null): Promise<void> {
    const headers = {
      From: bob.address,
      To: alice.address,
      Subject: subject,
      Date: new Date().toUTCString(),
      "Message-ID": `<${crypto.randomUUID()}@smime.example>`,
    };
    const sealed =
      cipher === null
        ? content
        : encryptMessage(content, [alice.decryption.certificatePem], { cipher });
    await mailServer.deliver(alice.address, withHeaders(headers, sealed));
  }

  it("of ten messages in two windows shows each its own text", async () => {
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    for (const number of numbers) {
      const text = textEntity(`This is the text of message ${number}.\n`);
      await deliver(`Message ${number}`, text, number % 2 === 0 ? "aes-256-gcm" : "aes-256-cbc");
    }
    await hers.selectMessage("Message 9");
    await hers.message().waitForText("This is the text of message 9.");
    const shown = await hers.execute(
      `const { MailUtils } = ChromeUtils.importESModule("resource:///modules/MailUtils.sys.mjs");
      const first = mainWindow();
      const { folder } = messageWindow().gMessage;
      const headers = [...folder.messages].sort((a, b) => a.messageKey - b.messageKey);
      first.MsgOpenNewWindowForFolder(folder.URI, headers[0].messageKey);
      await until("another window", () => countMainWindows() === 2 && mainWindow() !== first);
      await untilReady();
      const second = mainWindow();
      // All within one turn of the event loop.
      for (const [index, header] of headers.entries()) {
        const { tabmail } = index % 2 === 0 ? first : second;
        tabmail.openTab("mailMessageTab", {
          messageURI: folder.getUriForMsg(header),
          background: index < 8,
        });
      }
      const pairs = () => [first, second].flatMap((win) => win.tabmail.tabInfo)
        .filter(({ mode }) => mode.name === "mailMessageTab")
        .map(({ chromeBrowser: { contentWindow } }) => {
          const document = contentWindow?.getMessagePaneBrowser?.()?.contentDocument;
          const drawn = document?.querySelector("smime-exchange")?.openOrClosedShadowRoot;
          return [contentWindow?.gMessage?.mime2DecodedSubject, drawn?.textContent ?? ""];
        });
      await until("all texts", () => pairs().length === 10 && pairs().every(([, text]) => text.includes("text of message")), 40_000);
      return pairs();`,
      [],
      60_000,
    );
    const texts = new Map(shown as [string, string][]);
    assert.equal(texts.size, 10);
    for (const number of numbers) {
      const text = texts.get(`Message ${number}`) ?? "";
      assert.match(text, new RegExp(`This is the text of message ${number}\\.`));
      assert.equal(text.split("text of message").length, 2);
    }
    await hers.screenshot("crowd-of-ten");
    await hers.execute(
      `for (const win of allWindows("mail:3pane")) {
        win.tabmail.closeOtherTabs(win.tabmail.tabInfo[0]);
      }
      mainWindow().close();
      await until("one window", () => countMainWindows() === 1);`,
    );
  });

  it("of a hundred megabytes is opened, and Thunderbird answers meanwhile", async () => {
    const octets = 100_000_000;
    const attachment = Buffer.alloc(Math.floor((octets * 3) / 4 / 1.02));
    for (let at = 0; at < attachment.length; at += 65_536) {
      crypto.getRandomValues(attachment.subarray(at, Math.min(at + 65_536, attachment.length)));
    }
    const mail = (text: string) =>
      multipart(
        "mixed",
        textEntity(text),
        entity(
          { type: "application/octet-stream; name=large.bin", disposition: "attachment" },
          attachment,
        ),
      );
    await deliver("Large and plain", mail("The plain text.\n"), null);
    await deliver("Large and sealed", mail("The sealed text.\n"), "aes-256-gcm");
    const open = async (subject: string, text: string) =>
      (await hers.execute(
        `const [address, subject, text] = arguments;
        const { about3Pane, folder } = await showFolder(address, "Inbox");
        await until("the message", async () => {
          if (newestWithSubject(about3Pane.gDBView, subject) !== undefined) return true;
          await updateFolder(folder);
          return false;
        });
        let longest = 0;
        let last = timeNow();
        const watch = mainWindow().setInterval(() => {
          const now = timeNow();
          longest = Math.max(longest, now - last);
          last = now;
        }, 10);
        const started = timeNow();
        about3Pane.threadTree.selectedIndex = newestWithSubject(about3Pane.gDBView, subject);
        await until("its text", () => {
          const document = about3Pane.messageBrowser.contentWindow?.getMessagePaneBrowser?.()?.contentDocument;
          const drawn = document?.querySelector("smime-exchange")?.openOrClosedShadowRoot;
          return [drawn, document?.body].some((root) => root?.textContent.slice(0, 100_000).includes(text));
        }, 150_000);
        const took = timeNow() - started;
        mainWindow().clearInterval(watch);
        return { took, longest };`,
        [alice.address, subject, text],
        200_000,
      )) as { took: number; longest: number };
    const plain = await open("Large and plain", "The plain text.");
    const sealed = await open("Large and sealed", "The sealed text.");
    await hers.screenshot("crowd-large");
    console.log(
      `plain: ${Math.round(plain.took)} ms, at most ${Math.round(plain.longest)} ms without an answer; ` +
        `sealed: ${Math.round(sealed.took)} ms, at most ${Math.round(sealed.longest)} ms`,
    );
    // The display script and the background work in other processes than Thunderbird's windows.
    assert.ok(sealed.longest < plain.longest + 2_000, `${sealed.longest} ms`);
    assert.match(await hers.message().text(), /large\.bin/);
  });
});
